-- Of a message that takes several texts: the ones of which the provider has told that they arrived.
ALTER TABLE delivery ADD COLUMN arrived text [] NOT NULL DEFAULT '{}';
