"""What the API can do, in the order of the house, each act by the name that people have for it.

An operation that stands in no group, or in two, fails a test.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from mingyue.phrases import Phrase, say


@dataclass(frozen=True, slots=True)
class Group:
    """name: in addresses. acts: operation → what it does, in the order in which one comes to need them."""

    name: str
    title: Phrase
    about: Phrase
    acts: Mapping[str, Phrase]


GROUPS: Final = (
    Group(
        "find",
        say("Find a facility"),
        say("Who makes what, on which machines, with which resins, at which prices."),
        {
            "list_facilities": say("List facilities"),
            "show_facility": say("Show a facility"),
            "list_machines": say("List the machines of a facility"),
            "show_machine": say("Show a machine"),
            "list_hours": say("List the staffed hours"),
            "list_service_classes": say("List service classes"),
            "list_tariffs": say("List versions of the tariff"),
            "show_tariff": say("Show a version of the tariff"),
            "list_resins": say("List the resins of a facility"),
            "list_recipes": say("List recipes"),
            "show_recipe": say("Show a recipe"),
            "list_versions": say("List the versions of a recipe"),
            "write_recipe": say("Write a recipe"),
            "revise_recipe": say("Revise a recipe"),
            "share_recipe": say("Share a recipe"),
        },
    ),
    Group(
        "submit",
        say("Submit a part"),
        say("A file goes to /uploads/ first, in pieces; then it becomes a part, or another revision of one."),
        {
            "add_part": say("Make a part of an upload"),
            "add_revision": say("Add a revision"),
            "say_units": say("Say the units of a file"),
            "list_parts": say("List parts"),
            "show_part": say("Show a part"),
            "change_part": say("Change a part"),
            "archive_part": say("Archive a part"),
            "add_reader": say("Let a colleague see a part"),
            "remove_reader": say("Let a colleague see a part no longer"),
            "show_view": say("Fetch the surface"),
            "show_file": say("Fetch the file"),
        },
    ),
    Group(
        "check",
        say("Check it"),
        say("Whether a revision can be made on a machine with a resin: findings, masks, ways of lying, deviation."),
        {
            "list_ways": say("List ways of checking"),
            "ask_check": say("Ask for a check"),
            "show_check": say("Show a check"),
            "list_findings": say("List findings"),
            "show_changes": say("Compare two checks"),
            "cancel_check": say("Cancel a check"),
            "ask_orientations": say("Ask how it may lie"),
            "ask_deviation": say("Ask what will come out"),
            "show_deviation": say("Fetch what will come out"),
            "show_layers": say("Show where masks lie"),
            "show_mask": say("Fetch a mask"),
        },
    ),
    Group(
        "quote",
        say("Ask for a quote"),
        say("What it costs and how fast it is there, until one side or the other has decided."),
        {
            "ask_quote": say("Ask what it costs"),
            "show_quote": say("Show a quote"),
            "list_quotes": say("List quotes"),
            "say_message": say("Say something about a quote"),
            "ask_review": say("Ask for a person to look"),
            "approve_quote": say("Approve an option"),
            "withdraw_approval": say("Take an approval back"),
            "accept_quote": say("Accept: order it"),
            "withdraw_quote": say("Withdraw a quote"),
            "ask_again": say("Ask the same for a later revision"),
            "release_quote": say("Offer a quote that was looked at"),
            "replace_quote": say("Offer it with other amounts"),
            "decline_quote": say("Decline a quote"),
            "quote_document": say("Fetch the quote as a document in JSON"),
            "quote_pdf": say("Fetch the quote as PDF"),
        },
    ),
    Group(
        "order",
        say("Follow an order"),
        say("How far it is, and stepping back."),
        {
            "show_order": say("Show an order"),
            "list_orders": say("List orders"),
            "advance_order": say("Say how far it is"),
            "cancel_order": say("Cancel an order"),
            "order_document": say("Fetch the confirmation as a document in JSON"),
            "order_pdf": say("Fetch the confirmation as PDF"),
        },
    ),
    Group(
        "money",
        say("Pay and keep the books"),
        say("Projects that pay, invoices, payments and the ledger behind them. Amounts are whole fen."),
        {
            "list_projects": say("List projects"),
            "show_project": say("Show a project"),
            "open_project": say("Open a project"),
            "change_budget": say("Change a budget"),
            "close_project": say("Close a project"),
            "list_invoices": say("List invoices"),
            "show_invoice": say("Show an invoice"),
            "invoice_document": say("Fetch the invoice as a document in JSON"),
            "invoice_pdf": say("Fetch the invoice as PDF"),
            "bill_order": say("Bill an order"),
            "note_payment": say("Note a payment"),
            "note_refund": say("Note a refund"),
            "void_invoice": say("Void an invoice"),
            "credit_invoice": say("Write a credit note"),
            "write_off": say("Write an amount off"),
            "list_entries": say("Read the ledger"),
            "export_ledger": say("Fetch the ledger as CSV"),
        },
    ),
    Group(
        "events",
        say("Hear of events"),
        say("The feed of what happened, and the webhooks that tell of it."),
        {
            "list_events": say("Read the feed"),
            "list_webhooks": say("List webhooks"),
            "show_webhook": say("Show a webhook"),
            "list_deliveries": say("List what was sent"),
            "replay_delivery": say("Send one delivery again"),
            "replay_webhook": say("Send all again since a time"),
        },
    ),
    Group(
        "facility",
        say("Run a facility"),
        say("Machines, hours, downtimes and resins. These change only in a session, never by a key."),
        {
            "change_facility": say("Change a facility"),
            "add_machine": say("Add a machine"),
            "set_machine_state": say("Say how a machine is"),
            "add_capability": say("Add a capability"),
            "announce_downtime": say("Announce a downtime"),
            "withdraw_downtime": say("Withdraw a downtime"),
            "set_hours": say("Set the staffed hours"),
            "add_service_class": say("Add a service class"),
            "offer_resin": say("Offer a resin"),
            "list_batches": say("List batches"),
            "add_batch": say("Add a batch"),
            "discard_batch": say("Discard a batch"),
        },
    ),
    Group(
        "people",
        say("People and keys"),
        say("Who asks, organisations with their members, invitations and keys."),
        {
            "me": say("Show who asks"),
            "list_organisations": say("List organisations"),
            "show_organisation": say("Show an organisation"),
            "create_organisation": say("Found an organisation"),
            "change_organisation": say("Change an organisation"),
            "list_members": say("List members"),
            "change_member": say("Change a member's roles"),
            "end_membership": say("End a membership"),
            "list_invitations": say("List invitations"),
            "invite": say("Invite somebody"),
            "withdraw_invitation": say("Withdraw an invitation"),
            "accept_invitation": say("Accept an invitation"),
            "list_keys": say("List keys"),
            "make_key": say("Make an API key"),
            "revoke_key": say("Revoke a key"),
        },
    ),
)
TITLES: Final = {name: title for group in GROUPS for name, title in group.acts.items()}
