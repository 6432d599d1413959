-- Every row of metadata has v (version of its form) and checksum (SHA-256 over its content).
-- Longest texts: see Namespace and SecretName. Longest records: an entry with the digests of 255
-- shares is 9 KB; 512 remembered operations are 80 KB.

SET DATABASE DEFAULT ISOLATION LEVEL SERIALIZABLE;
SET FILES SPACE TRUE;

CREATE CACHED TABLE node_state (
  id INTEGER PRIMARY KEY,
  v INTEGER NOT NULL,
  cell VARCHAR(255) NOT NULL,
  node INTEGER NOT NULL,
  nodes INTEGER NOT NULL,
  threshold INTEGER NOT NULL,
  life BIGINT NOT NULL,
  slot_file VARBINARY(16) NOT NULL,
  mode_name VARCHAR(16) NOT NULL,
  epoch BIGINT NOT NULL,
  start_number BIGINT NOT NULL,
  commit_number BIGINT NOT NULL,
  last_content BIGINT NOT NULL,
  checksum VARBINARY(32) NOT NULL
);

CREATE CACHED TABLE remembered_start (
  node INTEGER PRIMARY KEY,
  v INTEGER NOT NULL,
  life BIGINT NOT NULL,
  start_number BIGINT NOT NULL,
  checksum VARBINARY(32) NOT NULL
);

CREATE CACHED TABLE mark (
  coordinator INTEGER NOT NULL,
  start_number BIGINT NOT NULL,
  v INTEGER NOT NULL,
  counter BIGINT NOT NULL,
  checksum VARBINARY(32) NOT NULL,
  PRIMARY KEY (coordinator, start_number)
);

CREATE CACHED TABLE chain_entry (
  namespace VARCHAR(63) NOT NULL,
  name VARCHAR(128) NOT NULL,
  seq BIGINT NOT NULL,
  v INTEGER NOT NULL,
  record VARBINARY(16384) NOT NULL,
  checksum VARBINARY(32) NOT NULL,
  PRIMARY KEY (namespace, name, seq)
);

CREATE CACHED TABLE head (
  namespace VARCHAR(63) NOT NULL,
  name VARCHAR(128) NOT NULL,
  v INTEGER NOT NULL,
  record VARBINARY(262144) NOT NULL,
  checksum VARBINARY(32) NOT NULL,
  PRIMARY KEY (namespace, name)
);

CREATE CACHED TABLE vault_transaction (
  coordinator INTEGER NOT NULL,
  start_number BIGINT NOT NULL,
  counter BIGINT NOT NULL,
  v INTEGER NOT NULL,
  is_open BOOLEAN NOT NULL,
  record VARBINARY(4096) NOT NULL,
  parts INTEGER NOT NULL,
  parts_checksum VARBINARY(32) NOT NULL,
  checksum VARBINARY(32) NOT NULL,
  PRIMARY KEY (coordinator, start_number, counter)
);
CREATE INDEX vault_transaction_open ON vault_transaction (is_open);

CREATE CACHED TABLE transaction_part (
  coordinator INTEGER NOT NULL,
  start_number BIGINT NOT NULL,
  counter BIGINT NOT NULL,
  ordinal INTEGER NOT NULL,
  record VARBINARY(262144) NOT NULL,
  PRIMARY KEY (coordinator, start_number, counter, ordinal)
);

CREATE CACHED TABLE touch (
  namespace VARCHAR(63) NOT NULL,
  name VARCHAR(128) NOT NULL,
  coordinator INTEGER NOT NULL,
  start_number BIGINT NOT NULL,
  counter BIGINT NOT NULL,
  PRIMARY KEY (namespace, name, coordinator, start_number, counter)
);
CREATE INDEX touch_transaction ON touch (coordinator, start_number, counter);

-- No two shares have one slot: a key that is destroyed belongs to nothing else.
CREATE CACHED TABLE share (
  namespace VARCHAR(63) NOT NULL,
  name VARCHAR(128) NOT NULL,
  coordinator INTEGER NOT NULL,
  start_number BIGINT NOT NULL,
  counter BIGINT NOT NULL,
  v INTEGER NOT NULL,
  seq BIGINT NOT NULL,
  slot INTEGER NOT NULL UNIQUE,
  content BIGINT NOT NULL,
  sealed VARBINARY(8192),
  checksum VARBINARY(32) NOT NULL,
  PRIMARY KEY (namespace, name, coordinator, start_number, counter)
);
CREATE INDEX share_position ON share (namespace, name, seq);
CREATE INDEX share_transaction ON share (coordinator, start_number, counter);

CREATE CACHED TABLE share_chunk (
  content BIGINT NOT NULL,
  ordinal INTEGER NOT NULL,
  bytes VARBINARY(65536) NOT NULL,
  PRIMARY KEY (content, ordinal)
);
SET TABLE share_chunk NEW SPACE;

CREATE CACHED TABLE discarded_content (
  content BIGINT PRIMARY KEY
);
