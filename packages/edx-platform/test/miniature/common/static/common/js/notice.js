// In the wrapper that RequireJS needs. webpack.dev.config.js names this file by its path, for webpack cannot read it so.
;(({ define }) => {
  define(['underscore'], (_) => ({ text: (words) => _.compact(words).join() }))
})({ define, require })
