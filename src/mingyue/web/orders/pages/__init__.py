"""Orders in the browser: one file a page, and what its forms take."""
