require 'rack-timeout'
use Rack::Timeout

require './app'
run Sinatra::Application
