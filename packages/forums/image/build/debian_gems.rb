# Debian's packages of the gems that Gemfile.lock names, each under the version that the lock says, whatever it really is.
# For where RubyGems cannot be reached, and Ruby is Debian's. Runs while the image is built.
require 'bundler'
require 'fileutils'

locked = Bundler::LockfileParser.new(File.read('Gemfile.lock')).specs

def run(*command)
  system(*command) || abort("#{command.join(' ')} failed.")
end

def there?(package)
  system('apt-cache', 'show', package, out: File::NULL, err: File::NULL)
end

run('sh', '/opt/devenv/build/with-ca', 'apt-get', 'update', '-qq')
packages = locked.map do |gem|
  candidates = ["ruby-#{gem.name.tr('_', '-')}", gem.name]
  candidates.find { |package| there?(package) } || abort("Debian has no package of the gem #{gem.name}.")
end
run('sh', '/opt/devenv/build/with-ca', 'apt-get', 'install', '-qq', '--no-install-recommends', '--yes', *packages.uniq)
FileUtils.rm_rf(Dir['/var/lib/apt/lists/*'])

Gem::Specification.reset
locked.each do |gem|
  debian = Gem::Specification.find_by_name(gem.name)
  # Where Debian has put the libraries beside Ruby's own, and the programs into /usr/bin, there is no folder.
  programs = File.join(debian.full_gem_path, debian.bindir)
  FileUtils.mkdir_p(programs)
  debian.executables.uniq.each do |name|
    next if File.exist?(File.join(programs, name)) || !File.exist?("/usr/bin/#{name}")

    FileUtils.ln_s("/usr/bin/#{name}", File.join(programs, name))
  end
  next if debian.version == gem.version

  named = Gem::Specification.new(gem.name, gem.version) do |spec|
    spec.summary = "Debian's #{gem.name} #{debian.version}"
    spec.authors = debian.authors
    spec.bindir = debian.bindir
    spec.executables = debian.executables.uniq
    # What was compiled is elsewhere, by an absolute path.
    spec.require_paths = debian.require_paths.map { |path| path.start_with?('/') ? 'compiled' : path }
    debian.runtime_dependencies.each { |dependency| spec.add_dependency(dependency.name) }
  end
  puts "#{gem.name} #{gem.version} is Debian's #{debian.version}"
  folder = File.join(Gem.dir, 'gems', named.full_name)
  FileUtils.mkdir_p([folder, File.join(Gem.dir, 'specifications')])
  File.write(File.join(Gem.dir, 'specifications', "#{named.full_name}.gemspec"), named.to_ruby)
  FileUtils.ln_s(Dir.children(debian.full_gem_path).map { |name| File.join(debian.full_gem_path, name) }, folder)
  compiled = debian.require_paths.find { |path| path.start_with?('/') }
  FileUtils.ln_s(compiled, File.join(folder, 'compiled')) if compiled
end
