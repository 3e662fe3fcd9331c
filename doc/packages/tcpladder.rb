# A Homebrew formula; written by its documentation. tests/package installs it with a stand-in, but not yet on macOS.
class Tcpladder < Formula
  desc "Terminal viewer of TCP connections as ladders of segments"
  homepage "https://example.org/tcpladder"
  url "https://example.org/tcpladder/tcpladder-0.1.0.tar.xz"
  sha256 "0000000000000000000000000000000000000000000000000000000000000000"
  license "ISC"

  depends_on "gettext" => :build
  depends_on "pkgconf" => :build
  depends_on "libpcap"
  depends_on "ncurses"
  depends_on "zstd"

  uses_from_macos "zlib"

  on_macos do
    depends_on "gettext"
  end

  on_linux do
    depends_on "libbsd"
  end

  def install
    args = ["--disable-silent-rules", "--without-criterion"]
    args << "--without-libbsd" if OS.mac?
    system "./configure", *args, *std_configure_args
    system "make", "install"
    pkgshare.install "testdata/demo.pcap"
  end

  test do
    output = shell_output("#{bin}/tcpladder -r #{pkgshare}/demo.pcap --print=list")
    assert_match "17 connections", output
  end
end
