/**
 * The third-party servers of core: what the image is called, the version that a new package gets, the packages that speak to it, and the port by
 * which settings name it on localhost. A service searches with one of those that have `searches`, whichever libraries it has.
 */
export const SERVERS = [
  { name: 'mysql', image: 'mysql', version: '8.4.9', uses: ['mysqlclient', 'pymysql'], port: 3306 },
  { name: 'mongo', image: 'mongo', version: '7.0.28', uses: ['pymongo', 'mongoengine'], port: 27017 },
  {
    name: 'elasticsearch',
    image: 'elasticsearch',
    version: '7.17.23',
    uses: ['elasticsearch', 'django-elasticsearch-dsl'],
    port: 9200,
    searches: true,
  },
  { name: 'redis', image: 'redis', version: '7.4.5', uses: ['redis', 'django-redis'], port: 6379 },
  {
    name: 'memcached',
    image: 'memcached',
    version: '1.6.38',
    uses: ['python-memcached', 'pymemcache', 'pylibmc'],
    port: 11211,
  },
  {
    name: 'meilisearch',
    image: 'getmeili/meilisearch',
    version: 'v1.36.0',
    uses: ['meilisearch'],
    port: 7700,
    searches: true,
  },
] as const

type Server = (typeof SERVERS)[number]
export type ServerName = Server['name']

/** How settings name the host of a server: as the old devstack did, or by its port on this machine. */
export const hostOf = ({ name, port }: Server): RegExp =>
  new RegExp(`\\bedx\\.devstack\\.${name}\\d*\\b|\\b(?:localhost|127\\.0\\.0\\.1)(?=:${port}\\b)`)
