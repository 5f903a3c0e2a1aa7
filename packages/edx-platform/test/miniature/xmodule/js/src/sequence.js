;(({ define }) => {
  define([], () => ({ first: (words) => words[0] }))
})({ define, require })
