// Requests to our own JSON endpoints. A refusal carries what happened and what to do.

import { HEADER, token } from "../csrf.js";
import { say } from "./words.js";

export class Refusal extends Error {
  constructor(message, { remedy = "", field = "", status = 0 } = {}) {
    super(message);
    Object.assign(this, { remedy, field, status });
  }
}

async function answered(request) {
  let response;
  try {
    response = await request;
  } catch {
    throw new Refusal(say("unreachable"), { remedy: say("try_again") });
  }
  const told = await response.json().catch(() => ({}));
  if (response.ok) return told;
  throw new Refusal(told.error ?? say("refused"), { remedy: told.remedy, field: told.field, status: response.status });
}

export function get(address, { signal } = {}) {
  return answered(fetch(address, { headers: { Accept: "application/json" }, signal }));
}

export function post(address, body = {}) {
  const headers = { "Content-Type": "application/json", Accept: "application/json", [HEADER]: token() };
  return answered(fetch(address, { method: "POST", headers, body: JSON.stringify(body) }));
}
