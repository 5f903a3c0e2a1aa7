# Has rdbg (the gem debug) listen in a Ruby program that `with-debugger` runs: RUBYOPT names this file. Later programs, which this one
# starts, are told nothing: two cannot listen at one port.
module DevenvDebugger
  OPTION = "-r#{__FILE__}"
  # Seconds in which the program before this one, with the same port, comes to its end.
  PATIENCE = 10

  # Takes an editor once the program has stopped for it: of one that comes before, rdbg 1.4 and the program wait for each other for ever.
  module AcceptOnceStopped
    def accept(&block)
      sleep 0.01 until @sock_for_fork || @session.in_subsession?
      super
    end
  end

  class << self
    def meet
      case File.basename($PROGRAM_NAME)
      when 'bundle', 'bundler'
        # It starts the program, and in a process of its own, which comes here in its turn.
        ENV['BUNDLE_DISABLE_EXEC_LOAD'] = 'true'
      when 'gem', '-e', '-'
        nil
      else
        port, wait = leave
        listen(Integer(port), wait) if port
      end
    end

    private

    def leave
      rest = ENV['RUBYOPT'].to_s.split - [OPTION]
      ENV['RUBYOPT'] = rest.empty? ? nil : rest.join(' ')
      wait = ENV.delete('DEVENV_DEBUG_WAIT').to_s
      [ENV.delete('DEVENV_DEBUG_PORT'), !wait.empty?]
    end

    def listen(port, wait)
      await(port)
      load_debugger
      if wait
        warn "with-debugger: waiting for an editor at port #{port}"
        DEBUGGER__::UI_TcpServer.prepend(AcceptOnceStopped)
      end
      # Whoever waits stops at the first line of the program.
      ENV['RUBY_DEBUG_INITIAL_SUSPEND_PATH'] = File.expand_path($PROGRAM_NAME)
      # Processes that are forked share the connection of an editor; before one is there, each would want the port.
      DEBUGGER__.open_tcp(host: '127.0.0.1', port: port, nonstop: !wait, fork_mode: wait ? :both : :parent)
    ensure
      ENV.delete('RUBY_DEBUG_INITIAL_SUSPEND_PATH')
    end

    def await(port)
      require 'socket'
      till = Process.clock_gettime(Process::CLOCK_MONOTONIC) + PATIENCE
      begin
        # Without listening: an editor that tries again and again would be taken.
        Socket.open(:INET, :STREAM) do |socket|
          socket.setsockopt(:SOCKET, :REUSEADDR, true)
          socket.bind(Addrinfo.tcp('127.0.0.1', port))
        end
      rescue Errno::EADDRINUSE => e
        give_up("port #{port}: #{e.message}") if Process.clock_gettime(Process::CLOCK_MONOTONIC) > till
        sleep 0.2
        retry
      end
    end

    # That of the bundle, or else Ruby's own, which Bundler hides. The program itself would set up the bundle next.
    def load_debugger
      require 'bundler/setup' if ENV['BUNDLE_GEMFILE'] || File.exist?('Gemfile')
      $LOAD_PATH.concat(own_debugger.full_require_paths) unless Gem.loaded_specs.key?('debug')
      require 'debug/session'
      require 'debug/server'
    end

    def own_debugger
      specifications = (Gem.path + Gem.default_path).uniq.flat_map { |path| Dir["#{path}/specifications/debug-[0-9]*.gemspec"] }
      found = specifications.map { |file| Gem::Specification.load(file) }.compact.max_by(&:version)
      found || give_up("this image's Ruby #{RUBY_VERSION} has no debugger: Ruby brings one along from 3.1 on. " \
                       "For an earlier one, add gem 'debug' to the Gemfile, and lock it.")
    end

    def give_up(why)
      warn "with-debugger: #{why}"
      exit!(1)
    end
  end
end

DevenvDebugger.meet
