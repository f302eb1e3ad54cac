"""How large a body may be, by what is asked for: said before anybody looks at more than the request's head."""

import re
from dataclasses import dataclass

MAXIMUM_BODY_BYTES = 256 * 1024
FILES_MAXIMUM = 5
WRAPPING_BYTES = 64 * 1024
"""What the heads of a body's parts may take."""
MULTIPART = "multipart/form-data"
TAKE_FILES = re.compile(r"/api/v1/(?:complaints|[a-z]+/[^/]+/attachments)")


@dataclass(frozen=True, slots=True)
class BodyLimits:
    """The limits of a deployment whose files may have so many bytes."""

    file_bytes: int = 0

    def of(self, method: str, path: str, content_type: str) -> int:
        """Return how many bytes the body of such a request may have."""
        is_multipart = content_type.partition(";")[0].strip().lower() == MULTIPART
        if method == "POST" and is_multipart and TAKE_FILES.fullmatch(path):
            return MAXIMUM_BODY_BYTES + FILES_MAXIMUM * self.file_bytes + WRAPPING_BYTES
        return MAXIMUM_BODY_BYTES
