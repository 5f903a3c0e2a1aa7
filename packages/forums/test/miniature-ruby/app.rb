require 'bundler/setup'
require 'json'
require 'sinatra'
require 'yaml'
require_relative 'lib/search'
require_relative 'models/comments'

API_KEY = ENV['API_KEY'] || 'PUT_YOUR_API_KEY_HERE'
GREETING = YAML.load_file(File.expand_path('config/application.yml', __dir__))['greeting']

before do
  content_type 'application/json'
  pass if request.path_info == '/heartbeat'
  error 401 unless [params[:api_key], request.env['HTTP_X_EDX_API_KEY']].include?(API_KEY)
end

get '/heartbeat' do
  error 500, JSON.generate(OK: false, check: :db) unless Comments.available?
  error 500, JSON.generate(OK: false, check: :es) unless Search.available?
  JSON.generate(OK: true)
end

get '/api/v1/comments' do
  JSON.generate(greeting: GREETING, comments: Comments.all.map { |comment| comment[:body] })
end

post '/api/v1/comments' do
  id = Comments.add(params[:body])
  Search.add(id, params[:body])
  puts "took a comment of #{params[:body].length} letters"
  JSON.generate(id: id)
end

get '/api/v1/search' do
  JSON.generate(Search.find(params[:text]))
end

get '/api/v1/slow' do
  puts 'taking its time'
  sleep 0.05 until File.exist?('go')
  JSON.generate(greeting: GREETING)
end
