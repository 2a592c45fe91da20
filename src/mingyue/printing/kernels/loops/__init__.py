"""Hot loops for numba. They allocate nothing: whoever calls them brings the room, so numba's runtime is not needed."""
