"""The page of ten tabs, each of which stays until a view of the new page replaces it."""
