// Runs before the first paint, so that a dark page does not flash white.
(function () {
  var choice
  try { choice = localStorage.getItem('lr.theme') } catch { choice = null }
  var dark = choice === 'dark' || (choice !== 'light' && window.matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.classList.toggle('dark', dark)
})()
