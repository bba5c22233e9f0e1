-- Benchmark, part 3: the secondary indexes of the big tables are taken away before they are filled, and made again afterwards, one
-- statement a line of bench.index.
CREATE TABLE bench.index AS
SELECT i.schemaname, i.indexname, i.indexdef
  FROM pg_indexes AS i
 WHERE i.schemaname || '.' || i.tablename IN ('documents.document', 'documents.reader', 'documents.file', 'documents.search_entry',
                                              'workflow.task', 'workflow.step', 'workflow.direction')
   AND NOT EXISTS (SELECT FROM pg_constraint AS c
                    WHERE c.conname = i.indexname AND c.connamespace = i.schemaname::regnamespace);
SELECT format('DROP INDEX %I.%I', schemaname, indexname) FROM bench.index \gexec
