"""The shared service in the browser: the only place that may import Django. Apps stand on each other in the order of
`records people facilities materials parts`, `site` joins them, `serving` runs them."""
