namespace :search do
  desc 'Makes the search index where there is none'
  task initialize: :environment do
    Search.initialize_index
  end

  desc 'Makes a new search index of what the database holds'
  task rebuild_indices: :environment do
    Search.rebuild
  end

  desc 'Fails where the search index is not as it should be'
  task validate_indices: :environment do
    Search.validate
  end
end
