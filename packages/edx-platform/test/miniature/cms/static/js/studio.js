document.documentElement.dataset.bundle = 'studio'
