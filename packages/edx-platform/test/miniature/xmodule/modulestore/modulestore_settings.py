def update_module_store_settings(mixed_stores, doc_store_settings):
    """Points every store at the same database."""
    for store in mixed_stores.values():
        store['DOC_STORE_CONFIG'] = doc_store_settings
