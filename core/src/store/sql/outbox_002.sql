-- How many writes an expanded group operation has here, less those that were forgotten or expired: where fewer are found,
-- damage has taken them. Null where nobody has counted, or counts any more.
ALTER TABLE group_operations ADD COLUMN parts INTEGER;
