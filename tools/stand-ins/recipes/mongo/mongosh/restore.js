// What dump.js wrote.
const { readFileSync } = require('node:fs')

let collection
let documents = []
const flush = () => {
  if (documents.length > 0) collection.insertMany(documents)
  documents = []
}

for (const line of readFileSync(0, 'utf8').split('\n').filter(Boolean)) {
  const { document, database, collection: name, options, indexes } = EJSON.parse(line, { relaxed: false })
  if (document !== undefined) {
    documents.push(document)
    if (documents.length === 500) flush()
    continue
  }
  flush()
  const target = db.getSiblingDB(database)
  target.createCollection(name, options)
  collection = target.getCollection(name)
  for (const { key, v, ns, ...rest } of indexes) collection.createIndex(key, rest)
}
flush()
