"""The printing engine: mesh → layers → masks → doses → solids → deviations."""
