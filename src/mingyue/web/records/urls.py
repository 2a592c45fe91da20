"""Where files are uploaded, resumable: tus 1.0.0. Included below `/uploads/` under the name `records`.

    OPTIONS ''      204 Tus-Version, Tus-Resumable, Tus-Extension (creation, expiration, termination, checksum), Tus-Max-Size,
                    Tus-Checksum-Algorithm
    POST ''         201 Location /uploads/<id>, Upload-Expires; wants Upload-Length and Upload-Metadata (base64 values):
                    filename, organisation (slug or id; not needed by whoever belongs to one only)
    HEAD <id>       200 Upload-Offset, Upload-Length, Upload-Metadata, Upload-Expires
    PATCH <id>      204 Upload-Offset; wants Content-Type application/offset+octet-stream and Upload-Offset, takes
                    Upload-Checksum "sha256 …" for pieces of up to 8 MiB; 409 where the offset is another, 413 too long,
                    460 where the checksum differs; 404 where it is finished, given up or somebody else's
    DELETE <id>     204

Every request but OPTIONS says Tus-Resumable: 1.0.0 (412 otherwise). A session sends the CSRF token as X-CSRFToken; a key
needs the scope parts:write. The upload's id then goes to `parts.services.add_part` or `add_revision`.
"""

from __future__ import annotations

from django.urls import path

from mingyue.web.records import views

app_name = "records"
urlpatterns = [
    path("", views.uploads_view, name="uploads"),
    path("<uuid:upload_id>", views.upload_view, name="upload"),
]
