/*
 * The table of registered ports.  Names are IANA's (or those of services(5))
 * for what is common there, and the program's own name where practice has
 * overruled the registry (9200 is elasticsearch to everybody).  Only ports on
 * which servers listen: the table also decides who is the server of a
 * connection that was picked up midstream.  Knows nothing of flows.
 */
#include <stddef.h>

#include "tcp/service.h"

struct service {
	uint16_t port;
	const char *name;
};

/* Sorted by port: it is searched by halving. */
static const struct service services[] = {
	{ 1, "tcpmux" }, { 7, "echo" }, { 9, "discard" },
	{ 11, "systat" }, { 13, "daytime" }, { 15, "netstat" },
	{ 17, "qotd" }, { 19, "chargen" }, { 20, "ftp-data" },
	{ 21, "ftp" }, { 22, "ssh" }, { 23, "telnet" },
	{ 25, "smtp" }, { 37, "time" }, { 43, "whois" },
	{ 49, "tacacs" }, { 53, "domain" }, { 70, "gopher" },
	{ 79, "finger" }, { 80, "http" }, { 88, "kerberos" },
	{ 102, "iso-tsap" }, { 104, "acr-nema" }, { 106, "poppassd" },
	{ 109, "pop2" }, { 110, "pop3" }, { 111, "sunrpc" },
	{ 113, "auth" }, { 119, "nntp" }, { 135, "epmap" },
	{ 139, "netbios-ssn" }, { 143, "imap2" }, { 161, "snmp" },
	{ 162, "snmp-trap" }, { 163, "cmip-man" }, { 174, "mailq" },
	{ 177, "xdmcp" }, { 179, "bgp" }, { 194, "irc" },
	{ 199, "smux" }, { 209, "qmtp" }, { 210, "z3950" },
	{ 264, "bgmp" }, { 311, "asip-webadmin" }, { 318, "pkix-timestamp" },
	{ 345, "pawserv" }, { 346, "zserv" }, { 369, "rpc2portmap" },
	{ 371, "clearcase" }, { 383, "hp-alarm-mgr" }, { 389, "ldap" },
	{ 406, "imsp" }, { 427, "svrloc" }, { 443, "https" },
	{ 444, "snpp" }, { 445, "microsoft-ds" }, { 464, "kpasswd" },
	{ 465, "submissions" }, { 487, "saft" }, { 502, "mbap" },
	{ 512, "exec" }, { 513, "login" }, { 514, "shell" },
	{ 515, "printer" }, { 520, "efs" }, { 523, "ibm-db2" },
	{ 530, "courier" }, { 538, "gdomap" }, { 540, "uucp" },
	{ 541, "uucp-rlogin" }, { 543, "klogin" }, { 544, "kshell" },
	{ 548, "afpovertcp" }, { 554, "rtsp" }, { 563, "nntps" },
	{ 587, "submission" }, { 593, "http-rpc-epmap" }, { 607, "nqs" },
	{ 628, "qmqp" }, { 631, "ipp" }, { 636, "ldaps" },
	{ 639, "msdp" }, { 646, "ldp" }, { 647, "dhcp-failover" },
	{ 648, "rrp" }, { 655, "tinc" }, { 660, "mac-srvr-admin" },
	{ 674, "acap" }, { 691, "msexch-routing" }, { 700, "epp" },
	{ 706, "silc" }, { 749, "kerberos-adm" }, { 750, "kerberos4" },
	{ 751, "kerberos-master" }, { 754, "krb-prop" }, { 783, "spamd" },
	{ 802, "mbap-s" }, { 830, "netconf-ssh" }, { 853, "domain-s" },
	{ 860, "iscsi" }, { 861, "owamp-control" }, { 862, "twamp-control" },
	{ 871, "supfilesrv" }, { 873, "rsync" }, { 902, "ideafarm-door" },
	{ 953, "rndc" }, { 989, "ftps-data" }, { 990, "ftps" },
	{ 992, "telnets" }, { 993, "imaps" }, { 994, "ircs" },
	{ 995, "pop3s" }, { 1080, "socks" }, { 1093, "proofd" },
	{ 1094, "rootd" }, { 1099, "rmiregistry" }, { 1127, "supfiledbg" },
	{ 1178, "skkserv" }, { 1194, "openvpn" }, { 1210, "predict" },
	{ 1236, "rmtcfg" }, { 1352, "lotusnote" }, { 1414, "ibm-mqseries" },
	{ 1433, "ms-sql-s" }, { 1434, "ms-sql-m" }, { 1494, "ica" },
	{ 1503, "imtc-mcs" }, { 1512, "wins" }, { 1521, "oracle" },
	{ 1524, "ingreslock" }, { 1525, "prospero-np" }, { 1529, "support" },
	{ 1645, "datametrics" }, { 1649, "kermit" }, { 1666, "perforce" },
	{ 1677, "groupwise" }, { 1720, "h323hostcall" }, { 1723, "pptp" },
	{ 1812, "radius" }, { 1813, "radius-acct" }, { 1863, "msnp" },
	{ 1883, "mqtt" }, { 1935, "macromedia-fcs" }, { 1984, "bigbrother" },
	{ 2000, "cisco-sccp" }, { 2049, "nfs" }, { 2086, "gnunet" },
	{ 2101, "rtcm-sc104" }, { 2119, "gsigatekeeper" }, { 2121, "frox" },
	{ 2135, "gris" }, { 2160, "apc-agent" }, { 2181, "zookeeper" },
	{ 2222, "ethernet-ip-1" }, { 2375, "docker" }, { 2376, "docker-s" },
	{ 2377, "swarm" }, { 2379, "etcd-client" }, { 2380, "etcd-server" },
	{ 2401, "cvspserver" }, { 2404, "iec-104" }, { 2483, "ttc" },
	{ 2484, "ttc-ssl" }, { 2600, "zebrasrv" }, { 2601, "zebra" },
	{ 2602, "ripd" }, { 2603, "ripngd" }, { 2604, "ospfd" },
	{ 2605, "bgpd" }, { 2606, "ospf6d" }, { 2607, "ospfapi" },
	{ 2608, "isisd" }, { 2628, "dict" }, { 2638, "sybaseanywhere" },
	{ 2775, "smpp" }, { 2792, "f5-globalsite" }, { 2811, "gsiftp" },
	{ 2947, "gpsd" }, { 3000, "hbci" }, { 3050, "gds-db" },
	{ 3128, "squid" }, { 3205, "isns" }, { 3260, "iscsi-target" },
	{ 3268, "msft-gc" }, { 3269, "msft-gc-ssl" }, { 3289, "enpc" },
	{ 3306, "mysql" }, { 3389, "ms-wbt-server" }, { 3478, "stun" },
	{ 3493, "nut" }, { 3544, "teredo" }, { 3632, "distcc" },
	{ 3689, "daap" }, { 3690, "svn" }, { 3868, "diameter" },
	{ 4000, "terabase" }, { 4031, "suucp" }, { 4094, "sysrqd" },
	{ 4190, "sieve" }, { 4222, "nats" }, { 4353, "f5-iquery" },
	{ 4369, "epmd" }, { 4443, "pharos" }, { 4460, "ntske" },
	{ 4505, "salt-publish" }, { 4506, "salt-request" }, { 4557, "fax" },
	{ 4559, "hylafax" }, { 4840, "opcua-tcp" }, { 4843, "opcua-tls" },
	{ 4899, "radmin-port" }, { 4949, "munin" }, { 5000, "commplex-main" },
	{ 5001, "commplex-link" }, { 5010, "telelpathstart" }, { 5044, "logstash" },
	{ 5051, "enlogin" }, { 5052, "enlogin-s" }, { 5060, "sip" },
	{ 5061, "sip-tls" }, { 5190, "aol" }, { 5201, "iperf3" },
	{ 5222, "xmpp-client" }, { 5223, "hpvirtgrp" }, { 5228, "hpvroom" },
	{ 5269, "xmpp-server" }, { 5280, "xmpp-bosh" }, { 5353, "mdns" },
	{ 5355, "hostmon" }, { 5357, "wsdapi" }, { 5432, "postgresql" },
	{ 5555, "rplay" }, { 5556, "freeciv" }, { 5601, "kibana" },
	{ 5666, "nrpe" }, { 5667, "nsca" }, { 5671, "amqps" },
	{ 5672, "amqp" }, { 5678, "rrac" }, { 5680, "canna" },
	{ 5683, "coap" }, { 5684, "coaps" }, { 5800, "vnc-http" },
	{ 5868, "diameters" }, { 5900, "rfb" }, { 5938, "teamviewer" },
	{ 5984, "couchdb" }, { 5985, "wsman" }, { 5986, "wsmans" },
	{ 6000, "x11" }, { 6001, "x11-1" }, { 6002, "x11-2" },
	{ 6003, "x11-3" }, { 6004, "x11-4" }, { 6005, "x11-5" },
	{ 6006, "x11-6" }, { 6007, "x11-7" }, { 6346, "gnutella-svc" },
	{ 6347, "gnutella-rtr" }, { 6379, "redis" }, { 6443, "kubernetes" },
	{ 6444, "sge-qmaster" }, { 6445, "sge-execd" }, { 6446, "mysql-proxy" },
	{ 6514, "syslog-tls" }, { 6566, "sane-port" }, { 6600, "mshvlm" },
	{ 6653, "openflow" }, { 6665, "ircd" }, { 6666, "ircd" },
	{ 6667, "ircd" }, { 6668, "ircd" }, { 6669, "ircd" },
	{ 6697, "ircs-u" }, { 6881, "bittorrent" }, { 7000, "afs3-fileserver" },
	{ 7001, "afs3-callback" }, { 7002, "afs3-prserver" }, { 7003, "afs3-vlserver" },
	{ 7004, "afs3-kaserver" }, { 7005, "afs3-volser" }, { 7077, "spark" },
	{ 7100, "font-service" }, { 7199, "cassandra-jmx" }, { 7473, "neo4j-https" },
	{ 7474, "neo4j" }, { 7687, "bolt" }, { 7777, "cbt" },
	{ 8000, "irdmi" }, { 8008, "http-alt" }, { 8009, "ajp13" },
	{ 8020, "intu-ec-svcdisc" }, { 8021, "zope-ftp" }, { 8080, "http-alt" },
	{ 8081, "tproxy" }, { 8086, "influxdb" }, { 8088, "radan-http" },
	{ 8089, "splunkd" }, { 8125, "statsd" }, { 8140, "puppet" },
	{ 8181, "intermapper" }, { 8200, "trivnet1" }, { 8300, "consul-rpc" },
	{ 8301, "consul-serf" }, { 8333, "bitcoin" }, { 8443, "pcsync-https" },
	{ 8500, "fmtp" }, { 8883, "secure-mqtt" }, { 8888, "ddi-tcp-1" },
	{ 8983, "solr" }, { 9000, "cslistener" }, { 9001, "etlservicemgr" },
	{ 9042, "cassandra" }, { 9050, "tor-socks" }, { 9080, "glrpc" },
	{ 9090, "websm" }, { 9091, "xmltec-xmlmail" }, { 9092, "kafka" },
	{ 9093, "kafka-tls" }, { 9094, "kafka-ext" }, { 9100, "jetdirect" },
	{ 9101, "bacula-dir" }, { 9102, "bacula-fd" }, { 9103, "bacula-sd" },
	{ 9160, "cassandra-thrift" }, { 9200, "elasticsearch" }, { 9300, "elasticsearch-cluster" },
	{ 9418, "git" }, { 9667, "xmms2" }, { 9673, "zope" },
	{ 9999, "distinct" }, { 10000, "ndmp" }, { 10050, "zabbix-agent" },
	{ 10051, "zabbix-trapper" }, { 10080, "amanda" }, { 10081, "kamanda" },
	{ 10082, "amandaidx" }, { 10083, "amidxtape" }, { 10250, "kubelet" },
	{ 10809, "nbd" }, { 11112, "dicom" }, { 11201, "smsqp" },
	{ 11211, "memcache" }, { 11371, "hkp" }, { 13720, "bprd" },
	{ 13721, "bpdbm" }, { 13722, "bpjava-msvc" }, { 13724, "vnetd" },
	{ 13782, "bpcd" }, { 13783, "vopied" }, { 15672, "rabbitmq-mgmt" },
	{ 16379, "redis-bus" }, { 16509, "libvirt" }, { 17500, "db-lsp" },
	{ 19999, "dnp-sec" }, { 20000, "dnp" }, { 22125, "dcap" },
	{ 22128, "gsidcap" }, { 22273, "wnn6" }, { 24007, "glusterd" },
	{ 24554, "binkp" }, { 24800, "synergy" }, { 25565, "minecraft" },
	{ 25672, "rabbitmq-dist" }, { 26000, "quake" }, { 26379, "redis-sentinel" },
	{ 27017, "mongodb" }, { 27018, "mongodb" }, { 27019, "mongodb" },
	{ 28017, "mongodb-web" }, { 30865, "csync2" }, { 33060, "mysqlx" },
	{ 44818, "ethernet-ip-2" }, { 47808, "bacnet" }, { 50000, "db2c-db2" },
	{ 50051, "grpc" }, { 61616, "activemq" }
};

const char *
service_name(uint16_t port)
{
	size_t low = 0, high = sizeof services / sizeof services[0];

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (services[middle].port == port)
			return services[middle].name;
		if (services[middle].port < port)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}
