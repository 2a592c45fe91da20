"""Hot loops for numba. They allocate nothing: whoever calls them brings the room, so they need no runtime of numba's."""
