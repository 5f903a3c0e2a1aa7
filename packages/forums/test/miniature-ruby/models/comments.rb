require 'mongo'
require 'uri'

# Comments as MongoDB keeps them.
module Comments
  module_function

  def collection
    client[:comments]
  end

  def add(body)
    collection.insert_one(body: body).inserted_id.to_s
  end

  def all
    collection.find.map { |comment| { id: comment['_id'].to_s, body: comment['body'] } }
  end

  def available?
    client.database.command(ping: 1)
    true
  rescue Mongo::Error
    false
  end

  # A worker must not share its parent's connections.
  def disconnect
    @client&.close
    @client = nil
  end

  def client
    Mongo::Logger.logger.level = Logger::WARN
    @client ||= begin
      url = URI(ENV.fetch('MONGOHQ_URL'))
      Mongo::Client.new(["#{url.host}:#{url.port}"], database: url.path.delete_prefix('/'), server_selection_timeout: 5)
    end
  end
end
