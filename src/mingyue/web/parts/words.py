"""What the scripts of these pages say: names that scripts know → phrases. A value in braces stays for the script to fill."""

from __future__ import annotations

from mingyue.phrases import Phrase, say
from mingyue.web.records.language import in_current_language

_EVERYWHERE: dict[str, Phrase] = {
    "unreachable": say("The server cannot be reached."),
    "try_again": say("Check your connection, then try again."),
    "refused": say("That did not work. Load the page again and retry."),
    "seconds": say("{n} s", n="{n}"),
    "minutes": say("{n} min", n="{n}"),
    "hours": say("{h} h {n} min", h="{h}", n="{n}"),
    "size": say("Size"),
    "volume": say("Volume"),
    "triangles": say("Triangles"),
    "bodies": say("Bodies"),
    "count_fails": say("{n} will fail", n="{n}"),
    "count_risk": say("{n} at risk", n="{n}"),
    "count_note": say("{n} to note", n="{n}"),
    "in_layer": say("layer {n}", n="{n}"),
    "in_layers": say("layers {first}–{last}", first="{first}", last="{last}"),
    "whole_part": say("whole part"),
    "measured_of": say("{measured} · limit {limit}", measured="{measured}", limit="{limit}"),
    "view_described": say(
        "The part is {size}, holds {volume} and has {triangles} triangles.",
        size="{size}",
        volume="{volume}",
        triangles="{triangles}",
    ),
    "view_failed": say("The view could not be loaded. Load the page again."),
}

_VERDICT: dict[str, Phrase] = {
    "verdict_fine": say("Can be made on {machine} with {resin}", machine="{machine}", resin="{resin}"),
    "verdict_risk": say("Can be made on {machine} with {resin}, at some risk", machine="{machine}", resin="{resin}"),
    "verdict_fails": say("Cannot be made as it is on {machine} with {resin}", machine="{machine}", resin="{resin}"),
    "verdict_open": say("Being checked for {machine} with {resin}", machine="{machine}", resin="{resin}"),
    "cancel": say("Cancel"),
    "printing_time": say("Printing time"),
    "layers": say("Layers in all"),
    "fields_a_layer": say("Fields a layer"),
    "resin_used": say("Resin"),
    "was_mended": say("A mended copy was checked; the file is as it was."),
    "layer_range": say("{low} to {high}", low="{low}", high="{high}"),
}

_FINDINGS: dict[str, Phrase] = {
    "all": say("All"),
    "what_to_do": say("What to do"),
    "limit": say("Limit"),
    "mark_seen": say("read in this source"),
    "mark_2nd": say("second-hand"),
    "mark_derived": say("derived"),
    "mark_assumed": say("our assumption"),
    "mark_measured": say("measured here"),
    "model_says": say("Virtual print"),
    "where": say("Where"),
    "show_layer": say("Show layer {n}", n="{n}"),
    "more_kinds": say("{n} more kinds", n="{n}"),
    "show_more": say("Show {n} more", n="{n}"),
    "left_out": say("{n} more of the same kinds are not listed.", n="{n}"),
}

_LAYERS: dict[str, Phrase] = {
    "layer_of": say("Layer {n} of {count}", n="{n}", count="{count}"),
    "layer_z": say("z {low}–{high} µm", low="{low}", high="{high}"),
    "pixel_size": say("1 pixel is {size}", size="{size}"),
    "pixel_at": say(
        "pixel {column}, {row} · x {x} µm, y {y} µm · grey {grey}",
        column="{column}",
        row="{row}",
        x="{x}",
        y="{y}",
        grey="{grey}",
    ),
}

_MEASURE: dict[str, Phrase] = {
    "measure_first": say("Pick a first place on the part. With the keyboard, Enter picks the middle of the view."),
    "measure_second": say("Pick a second place."),
    "measure_simplified": say("Measured on a simplified surface; the file is finer."),
    "distance": say("Distance"),
}

_STUDIES: dict[str, Phrase] = {
    "after_the_check": say("Possible as soon as the check is done."),
    "preview": say("Preview"),
    "orientations": say("Ways of laying the part"),
    "orientations_about": say(
        "Some hundred ways of laying the part are compared by supports, layers, time and fields. It takes about a minute."
    ),
    "orientations_ask": say("Compare ways of laying it"),
    "orientations_tried": say("{n} ways were compared. These are worth a look:", n="{n}"),
    "orientations_how": say(
        "Check one, and findings, masks and price are of the part as it lies then; the file stays as it is."
    ),
    "check_so": say("Check this way"),
    "check_lying": say("Check this way: {lying}", lying="{lying}"),
    "lying": say("Lying"),
    "turned_by": say("Turned by x, y, z"),
    "supported": say("To support"),
    "fields_exposed": say("Fields exposed"),
    "height": say("Height"),
    "does_not_fit": say("does not fit"),
    "deviation_about": say(
        "The part is printed virtually: light, cure and overcure of each layer. What comes out is compared with the design. "
        "It may take many minutes."
    ),
    "deviation_ask": say("Predict the deviation"),
    "deviation_show": say("Show as colours"),
    "deviation_middle": say("9 of 10 places deviate by"),
    "deviation_most": say("Largest deviation"),
    "within_tolerance": say("Within ± {tolerance}", tolerance="{tolerance}"),
}

_DETAILS: dict[str, Phrase] = {
    "file": say("File"),
    "units": say("Units"),
    "note": say("Note"),
    "reading_about": say(
        "Size, volume and faults of the mesh are read first; then it is checked. You may leave the page."
    ),
    "units_about": say("Choose the unit that makes it as large as you meant it."),
    "units_send": say("Read it so"),
    "unit_um": say("micrometres (µm)"),
    "unit_mm": say("millimetres (mm)"),
    "unit_inch": say("inches"),
    "unit_m": say("metres (m)"),
    "saved": say("Saved."),
    "remove_reader": say("Remove {name}", name="{name}"),
}

_COMPARE: dict[str, Phrase] = {
    "gained": say("New findings"),
    "worse": say("Findings that are worse"),
    "lost": say("Findings that are gone"),
    "better": say("Findings that are better"),
    "same": say("Findings as before"),
    "surface": say("Surface"),
    "checks_open": say("The new revision is still being read and checked; this page follows."),
    "none": say("None"),
    "no_check_alike": say("The two have no check in common: same machine, resin and layer."),
}

_UPLOAD: dict[str, Phrase] = {
    "drop": say("Drop a file here, or choose one"),
    "chosen": say("{name}, {size}", name="{name}", size="{size}"),
    "uploading": say("Uploading {name}", name="{name}"),
    "waiting_for_network": say("The connection was lost. The upload goes on when it is back."),
    "finishing": say("Uploaded. Being put in its place…"),
    "wrong_type": say("{name} is none of STL, OBJ, PLY, 3MF.", name="{name}"),
    "wrong_type_remedy": say("Export the part as one of these from your program."),
    "too_large": say("{name} is larger than {size}.", name="{name}", size="{size}"),
    "too_large_remedy": say("Export it with fewer triangles, or as binary STL."),
    "empty_file": say("{name} is empty.", name="{name}"),
    "no_file": say("Choose a file first."),
    "upload_failed": say("The upload failed."),
}

PART = _EVERYWHERE | _VERDICT | _FINDINGS | _LAYERS | _MEASURE | _STUDIES | _DETAILS
COMPARE = _EVERYWHERE | _COMPARE
UPLOAD = _EVERYWHERE | _UPLOAD


def in_readers_language(words: dict[str, Phrase]) -> dict[str, str]:
    """The same words, as this reader's scripts say them."""
    return {name: in_current_language(phrase) for name, phrase in words.items()}
