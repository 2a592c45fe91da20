"""Which address says what of parts; everything here answers JSON or bytes, the pages stand in `parts/page_urls.py`.

Included below `/parts/` under the name `parts`. Ids are UUIDs. Who may not see a thing gets 404. Texts come in the
reader's language. A refusal is `{"error", "remedy", "field"?}` with the status of its class (400, 403, 404, 409, 413).
Times are ISO 8601 in UTC; lengths are µm. Acts are POST with a JSON body, and the CSRF header.

    name            method, path                                        answer
    add             POST ''                                             201 {"part", "revision"} (ids)
                    {"upload", "name", "note"?, "confidentiality"?, "units"?}; 409 if the upload was used already
    revise          POST <part>/revisions                               201 {"revision"}    {"upload", "units"?}
    say_units       POST revisions/<revision>/units                     200 {}              {"units"}: nm um mm cm m inch ft
    change          POST <part>/change                                  200 {"version"}
                    {"version", "name", "note", "confidentiality"}
    add_reader      POST <part>/readers                                 200 {}              {"email"}
    remove_reader   POST <part>/readers/remove                          200 {}              {"person"}
    archive         POST <part>/archive                                 200 {}
    ask_check       POST revisions/<revision>/checks                    201 {"check"}
                    {"machine", "resin", "layer_um"?, "rotation"?}
    cancel_check    POST checks/<check>/cancel                          200 {}
    ask_study       POST checks/<check>/studies/<kind>                  201 {"study"}       kind: orientations | deviation
    state           GET <part>/state                                    the part, see PART
    findings        GET checks/<check>/findings                         {"findings": [FINDING], "left_out", "placement"}
    changes         GET checks/<check>/changes/<check>                  CHANGES of the first against the second
    view            GET revisions/<revision>/view.glb                   GLB; ETag, immutable
    file            GET revisions/<revision>/file                       the file as it came, as attachment
    layers          GET checks/<check>/layers                           LAYERS; ETag, immutable
    tile            GET checks/<check>/layers/<layer>/<field>.png       grey PNG of 1 or 8 bits; ?scale=2|4|8|16 for smaller;
                    ETag, immutable; 204 where the field is dark in that layer; ?exposure=k where it is exposed several times
    deviation       GET checks/<check>/deviation.glb                    GLB; ETag, immutable
    machines        GET machines                                        {"machines": [{"id", "name", "facility", "pixel_um",
                    "layer_um": [low, high] | null, "resins": [{"id", "name"}]}]}: what a check may be asked for
    live            GET <part>/live                                     text/event-stream: `event: changed`, data {"part"};
                    at connect and whenever something of it changed; a comment every 15 s; then fetch `state`

PART = {"id", "name", "note", "confidentiality", "owner": {"id", "name"}, "organisation": {"id", "name"}, "version",
    "created_at", "archived_at", "may_change": bool, "may_ask": bool, "readers": [{"id", "name"}] (empty unless may_change),
    "revisions": [REVISION], newest first}
REVISION = {"id", "number", "file_name", "size_bytes", "units", "by", "at", "state", "state_said", "problem": PROBLEM | null,
    "facts": FACTS | null, "view": url | null, "checks": [CHECK], in the order in which they were asked for}
    state: waiting | reading | read | refused. Where problem.kind is "units", the file carries no unit: show problem.size
    (three bare numbers) and POST `say_units`; it is then read again.
PROBLEM = {"message", "remedy", "kind": "" | "units" | "memory" | "time" | "crash", "size"?}
FACTS = {"size_um": [x, y, z], "box_um": [[x, y, z], [x, y, z]] (part frame), "volume_mm3", "area_mm2"? (not of those
    that were read before it was kept), "triangles", "bodies", "units",
    "units_from_file": bool, "is_solid": bool, "faults": [{"message", "remedy"}], "notes": [str],
    "view_triangles": int (of the decimated view)}
CHECK = {"id", "machine": {"id", "name", "facility", "facility_slug", "pixel_um"}, "resin": {"id", "name"}, "layer_um",
    "rotation": [x, y, z] degrees about x, then y, then z | null (as the file has it), "lying" (the same in words),
    "state", "state_said", "done": 0…1, "doing": str, "asked_at", "started_at", "ended_at", "problem", "verdict",
    "verdict_said", "counts": {"fails", "risk", "note"}, "layers", "fields", "mended": bool, "notes": [str],
    "model_asked": bool, "findings": url | null, "masks": url of `layers` | null, "estimate": ESTIMATE | null,
    "placement": PLACEMENT | null, "orientations": STUDY | null, "deviation": STUDY | null}
    state: waiting | running | done | failed | cancelled; verdict: fails | risk | note | fine | "" (not known yet). Findings
    may be there while it runs: first without the model, then replaced by those with its answers; `findings` changes by ?v=.
ESTIMATE = {"exposures", "most_fields", "exposure_s", "printing_s": [low, high], "handling_s": [low, high],
    "resin_mm3": [low, high], "source", "mark"}
STUDY = {"id", "state", "state_said", "done", "doing", "problem", "result"}; result of orientations: {"tried", "choices":
    [{"names": [said], "rotate_deg": [x, y, z], "matrix": 3×3 by rows (turn the part frame by it), "time_s", "layers",
    "exposures", "fields", "height_um", "supported_mm2", "contact_mm2", "cusp_um", "slenderness", "cups", "cup_mm3",
    "fits"}]}; of deviation: {"glb": url, "limit_um" (colours end there), "tolerance_um", "p5_um", "p50_um", "p95_um",
    "abs_p95_um", "abs_max_um", "within": 0…1, "volume_mm3", "notes": [str]}
FINDING = {"id", "kind", "title", "message", "severity", "severity_said", "layers": [first, last] | null, "box_um": [low,
    high], "points_um": [[x, y, z]], "measured", "limit", "unit", "source": str, "mark": str, "remedy", "model": {"said",
    "predicted", "agree", "sets", "by_rule"} | null}; the worst first. box_um and points_um are in the BUILD frame.
CHANGES = {"comparable": bool, "notes": [str] (what one must know), "moved_um": [x, y, z] (of the old one, so that it lies
    where the new one does), "near_um", "gained": [FINDING], "lost": [FINDING], "kept": [{"was": FINDING, "now": FINDING,
    "became": worse | same | better}]}; the worst first. Here box_um and points_um are in the PART frame of the new one.
PLACEMENT = {"matrix": 3×3 by rows, "offset_um": [x, y, z]}: build = matrix · part + offset. z is up.
LAYERS = {"count", "layer_um", "height_um", "z_um": [bottom of each], "thickness_um": [of each], "pixel_um", "canvas":
    {"rows", "columns", "left_um", "top_um"}, "field_px": [columns, rows], "fields": [{"row_px", "column_px", "left_um",
    "top_um"}], "lit": for each layer the fields that have light, with how many exposures: [[field, exposures]…], "tile": url
    with {layer} and {field}}; row 0 of a tile is y max: its top left
    corner lies at (left_um, top_um) of the BUILD frame, y falls.

GLB: one mesh, one primitive, indices uint32, POSITION float32 in µm of the PART frame, z up (turn it -90° about x for a
    y-up scene); no normals, no material. The deviation's GLB is in the BUILD frame (µm, z up) and has COLOR_0 (unsigned
    bytes, normalised, RGBA, linear light) and _DEVIATION (float32, µm, outside positive).
"""

from __future__ import annotations

from django.urls import path

from mingyue.web.parts import views

app_name = "parts"
urlpatterns = [
    path("", views.add, name="add"),
    path("machines", views.machines, name="machines"),
    path("<uuid:part_id>/revisions", views.revise, name="revise"),
    path("<uuid:part_id>/change", views.change, name="change"),
    path("<uuid:part_id>/readers", views.add_reader, name="add_reader"),
    path("<uuid:part_id>/readers/remove", views.remove_reader, name="remove_reader"),
    path("<uuid:part_id>/archive", views.archive, name="archive"),
    path("<uuid:part_id>/state", views.state, name="state"),
    path("<uuid:part_id>/live", views.live, name="live"),
    path("revisions/<uuid:revision_id>/units", views.say_units, name="say_units"),
    path("revisions/<uuid:revision_id>/checks", views.ask_check, name="ask_check"),
    path("revisions/<uuid:revision_id>/view.glb", views.view, name="view"),
    path("revisions/<uuid:revision_id>/file", views.file, name="file"),
    path("checks/<uuid:check_id>/cancel", views.cancel_check, name="cancel_check"),
    path("checks/<uuid:check_id>/studies/<str:kind>", views.ask_study, name="ask_study"),
    path("checks/<uuid:check_id>/findings", views.findings, name="findings"),
    path("checks/<uuid:check_id>/changes/<uuid:since_id>", views.changes, name="changes"),
    path("checks/<uuid:check_id>/layers", views.layers, name="layers"),
    path("checks/<uuid:check_id>/layers/<int:layer>/<int:field>.png", views.tile, name="tile"),
    path("checks/<uuid:check_id>/deviation.glb", views.deviation, name="deviation"),
]
