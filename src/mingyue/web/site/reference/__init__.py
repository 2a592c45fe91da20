"""The page about the API: made from the description that programs read, so that neither says what the other does not."""
