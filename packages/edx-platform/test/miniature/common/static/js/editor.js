document.documentElement.dataset.editor = 'editor'
