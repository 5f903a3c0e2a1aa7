require 'json'
require 'net/http'

# An index behind the alias `comments`, so that a new one can take its place at once.
module Search
  class Invalid < StandardError; end

  ALIAS = 'comments'
  MAPPINGS = { mappings: { properties: { body: { type: 'text' } } } }.freeze

  module_function

  def validate
    raise Invalid, "there is no #{ALIAS}" unless ask(:Head, "/_alias/#{ALIAS}").is_a?(Net::HTTPSuccess)
  end

  def initialize_index
    validate
  rescue Invalid
    rebuild
  end

  def rebuild
    index = "#{ALIAS}_#{Time.now.strftime('%Y%m%d%H%M%S%L')}"
    ask!(:Put, "/#{index}", MAPPINGS)
    Comments.all.each { |comment| ask!(:Put, "/#{index}/_doc/#{comment[:id]}", body: comment[:body]) }
    ask!(:Post, '/_aliases', actions: [
           { remove: { index: "#{ALIAS}_*", alias: ALIAS, must_exist: false } }, { add: { index: index, alias: ALIAS } }
         ])
    warn "New index #{index}."
  end

  def add(id, body)
    ask!(:Put, "/#{ALIAS}/_doc/#{id}?refresh=true", body: body)
  end

  def find(text)
    found = ask!(:Post, "/#{ALIAS}/_search", query: { match: { body: text } })
    found['hits']['hits'].map { |hit| hit['_source']['body'] }
  end

  def delete_all
    ask!(:Delete, '/_all')
  end

  def available?
    %w[yellow green].include?(ask!(:Get, '/_cluster/health')['status'])
  rescue StandardError
    false
  end

  def ask(method, path, body = nil)
    server = URI(ENV.fetch('SEARCH_SERVER_ES7'))
    request = Net::HTTP.const_get(method).new(path, 'Content-Type' => 'application/json')
    request.body = JSON.generate(body) if body
    Net::HTTP.start(server.host, server.port) { |http| http.request(request) }
  end

  def ask!(method, path, body = nil)
    answer = ask(method, path, body)
    raise "#{method} #{path}: #{answer.code} #{answer.body}" unless answer.is_a?(Net::HTTPSuccess)

    JSON.parse(answer.body)
  end
end
