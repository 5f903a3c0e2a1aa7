"""
Searches the forum without a search engine (DEVENV_WITHOUT=meilisearch): by the words in its tables of MySQL. Slow where
there are many posts, which a developer's environment has not.
"""
from django.db.models import Q
from forum.backends.mysql import MODEL_INDICES
from forum.search import base


class Documents(base.BaseDocumentSearchBackend):
    """There is no index to keep."""

    def index_document(self, index_name, doc_id, document):
        pass

    def update_document(self, index_name, doc_id, update_data):
        pass

    def delete_document(self, index_name, doc_id):
        pass


class Indexes(base.BaseIndexSearchBackend):
    """There are none."""

    def initialize_indices(self, force_new_index=False):
        pass

    def rebuild_indices(self, batch_size=500, extra_catchup_minutes=5):
        pass

    def validate_indices(self):
        pass

    def refresh_indices(self):
        pass

    def delete_unused_indices(self):
        return 0


class Threads(base.BaseThreadSearchBackend):
    """The threads that hold all words, in their title, in their text or in one of their comments."""

    def get_thread_ids(
        self, context, group_ids, search_text, sort_criteria=None, commentable_ids=None, course_id=None,
    ):
        found = set()
        for model in MODEL_INDICES:
            is_thread = model.index_name == 'comment_threads'
            thread = '' if is_thread else 'comment_thread__'
            wanted = Q(**{f'{thread}context': context})
            if course_id:
                wanted &= Q(course_id=course_id)
            if commentable_ids:
                wanted &= Q(**{f'{thread}commentable_id__in': commentable_ids})
            for word in search_text.split():
                wanted &= Q(body__icontains=word) | (Q(title__icontains=word) if is_thread else Q(pk=None))
            found.update(model.objects.filter(wanted).values_list('pk' if is_thread else 'comment_thread_id', flat=True))
        return [str(thread_id) for thread_id in found]

    def get_suggested_text(self, search_text):
        return None


class Backend(base.BaseSearchBackend):
    DOCUMENT_SEARCH_CLASS = Documents
    INDEX_SEARCH_CLASS = Indexes
    THREAD_SEARCH_CLASS = Threads
