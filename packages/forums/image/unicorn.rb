# The checkout's own config/unicorn_tcp.rb, and over it what development asks for. unicorn takes the socket that `reload`
# holds (LISTEN_FDS), for it has the address that is configured there.
checkouts = File.expand_path('config/unicorn_tcp.rb')
instance_eval(File.read(checkouts), checkouts)

# The old server may finish its requests beside the new one, which would refuse to start on its pid file.
pid nil

# A worker that stands at a breakpoint is not to be killed.
timeout 30 * 24 * 3600

# `reload` says TERM, which for unicorn is to drop what it is at.
checkouts_hook = set[:before_fork]
before_fork do |server, worker|
  checkouts_hook.call(server, worker)
  Signal.trap('TERM') { Process.kill('QUIT', Process.pid) }
end
