# For tests/package: as much of Homebrew as a formula meets, to install it from an unpacked tarball and run its test.
#	ruby homebrew.rb FORMULA VERSION SOURCE CELLAR
require "fileutils"

class Pathname2 < String
  def /(other) = Pathname2.new("#{self}/#{other}")

  def install(*files)
    FileUtils.mkdir_p(self)
    FileUtils.cp(files, self)
  end
end

module OS
  def self.mac? = RUBY_PLATFORM.include?("darwin")
  def self.linux? = !mac?
end

class Formula
  STATED = {}
  %w[desc homepage url sha256 license version].each do |name|
    define_singleton_method(name) { |value| STATED[name] = value }
  end
  def self.depends_on(what) = (STATED["depends_on"] ||= []) << what
  def self.uses_from_macos(what) = (STATED["depends_on"] ||= []) << what
  def self.on_linux = (yield if OS.linux?)
  def self.on_macos = (yield if OS.mac?)
  def self.livecheck = nil
  def self.test(&block) = define_method(:run_test, &block)

  attr_reader :prefix

  def initialize(prefix) = @prefix = Pathname2.new(prefix)
  def bin = prefix/"bin"
  def man = prefix/"share/man"
  def pkgshare = prefix/"share/tcpladder"
  def std_configure_args = ["--disable-debug", "--disable-dependency-tracking", "--prefix=#{prefix}", "--libdir=#{prefix}/lib"]
  def system(*words) = Kernel.system(*words.map(&:to_s)) || raise("failed: #{words.join(" ")}")

  def shell_output(command, status = 0)
    output = `#{command}`
    raise "#{command}: exit status #{$?.exitstatus}" unless $?.exitstatus == status
    output
  end

  def assert_match(wanted, output) = output.match?(wanted) || raise("#{wanted} isn't in: #{output}")
  def assert_path_exists(path) = File.exist?(path) || raise("there is no #{path}")
end

formula, version, source, cellar = ARGV
load formula
stated = Formula::STATED
# What brew audit says of a new formula.
raise "desc is longer than 80 characters" if stated["desc"].length > 80
raise "desc begins with an article or ends with a full stop" if stated["desc"] =~ /\A(An?|The) |\.\z/
raise "url isn't of version #{version}" unless stated["url"].include?("-#{version}.tar.")
raise "sha256 isn't one" unless stated["sha256"] =~ /\A\h{64}\z/
raise "no licence" if stated["license"].to_s.empty?

Dir.chdir(source)
installed = Object.const_get("Tcpladder").new(cellar)
installed.install
installed.run_test
