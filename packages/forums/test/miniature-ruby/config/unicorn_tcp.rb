require 'tmpdir'
require File.expand_path('../app', __dir__)

# What supervisors of the service expect where its index is not as it should be.
begin
  Search.validate
rescue Search::Invalid => e
  warn "The search index is not valid: #{e.message}"
  exit 101
end

worker_processes Integer(ENV['WORKER_PROCESSES'] || 4)
timeout 25
preload_app true
listen "#{ENV['LISTEN_HOST'] || '0.0.0.0'}:#{ENV['LISTEN_PORT'] || '4567'}", tcp_nopush: true, backlog: 512
pid "#{ENV['DATA_DIR'] || Dir.tmpdir}/forum_unicorn.pid"

before_fork { |_server, _worker| Comments.disconnect }
