// The calls of Hive's metastore that Sisyphus makes; names, types and field ids as in Hive's public hive_metastore.thrift (2.3).
// Only fields that are read are declared: Thrift skips the others.
struct FieldSchema { 1: string name, 2: string type, 3: string comment }
struct StorageDescriptor { 1: list<FieldSchema> cols, 2: string location }
struct Table {
  1: string tableName, 2: string dbName, 3: string owner, 4: i32 createTime,
  7: StorageDescriptor sd, 8: list<FieldSchema> partitionKeys, 9: map<string, string> parameters
}
struct Partition {
  1: list<string> values, 2: string dbName, 3: string tableName, 4: i32 createTime,
  6: StorageDescriptor sd, 7: map<string, string> parameters
}
exception MetaException { 1: string message }
exception NoSuchObjectException { 1: string message }
exception UnknownDBException { 1: string message }

service ThriftHiveMetastore {
  list<string> get_all_tables(1: string db_name) throws (1: MetaException o1)
  Table get_table(1: string dbname, 2: string tbl_name) throws (1: MetaException o1, 2: NoSuchObjectException o2)
  list<string> get_partition_names(1: string db_name, 2: string tbl_name, 3: i16 max_parts) throws (1: NoSuchObjectException o1, 2: MetaException o2)
  list<Partition> get_partitions_by_names(1: string db_name, 2: string tbl_name, 3: list<string> names) throws (1: MetaException o1, 2: NoSuchObjectException o2)
}
