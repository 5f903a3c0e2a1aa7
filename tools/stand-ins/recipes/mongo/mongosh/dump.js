// One line of extended JSON for each collection, and one for each of its documents.
const { writeSync } = require('node:fs')

const write = (value) => writeAll(Buffer.from(`${EJSON.stringify(value, { relaxed: false })}\n`))

function writeAll(bytes) {
  for (let from = 0; from < bytes.length; ) {
    try {
      from += writeSync(1, bytes, from)
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error
    }
  }
}

for (const { name: database } of db.adminCommand({ listDatabases: 1 }).databases) {
  if (['admin', 'config', 'local'].includes(database)) continue
  const source = db.getSiblingDB(database)
  for (const { name: collection, type, options } of source.getCollectionInfos()) {
    if (type !== 'collection' || collection.startsWith('system.')) continue
    const indexes = source
      .getCollection(collection)
      .getIndexes()
      .filter(({ name }) => name !== '_id_')
    write({ database, collection, options, indexes })
    source
      .getCollection(collection)
      .find()
      .forEach((document) => {
        write({ document })
      })
  }
}
