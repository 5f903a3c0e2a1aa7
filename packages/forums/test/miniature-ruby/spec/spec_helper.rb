ENV['SINATRA_ENV'] = 'test'
require_relative '../app'
require 'rack/test'
require 'rspec'

set :environment, :test
set :run, false

def app
  Sinatra::Application
end

RSpec.configure do |config|
  config.include Rack::Test::Methods
  config.example_status_persistence_file_path = '.rspec-test-status'
  config.before { Search.initialize_index }
  config.after do
    Search.delete_all
    Comments.collection.drop
  end
end
