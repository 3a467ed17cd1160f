// Traffic for the live bench, by means that are not labelgate's: a UDP echo and TCP sink, a client for each, and a generator
// of whole frames. Results go to standard output, a line each.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

enum { TCP_PORT = 9000, UDP_PORT = 9001, BATCH = 64, MOST_FRAMES = 64, MOST_FRAME = 2048 };

static double seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec + now.tv_nsec * 1e-9;
}

static void die(const char *what) {
  perror(what);
  exit(1);
}

static struct sockaddr_in address(const char *text, int port) {
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
  inet_pton(AF_INET, text, &to.sin_addr);
  return to;
}

// Until it is killed.
static void serve(void) {
  struct sockaddr_in any;
  int one = 1;
  if (fork() == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    any = address("0.0.0.0", UDP_PORT);
    int udp = socket(AF_INET, SOCK_DGRAM, 0);
    if (bind(udp, (struct sockaddr *)&any, sizeof any) < 0) die("bind");
    char octets[2048];
    for (;;) {
      struct sockaddr_in from;
      socklen_t length = sizeof from;
      ssize_t got = recvfrom(udp, octets, sizeof octets, 0, (struct sockaddr *)&from, &length);
      if (got >= 0) sendto(udp, octets, got, 0, (struct sockaddr *)&from, length);
    }
  }
  any = address("0.0.0.0", TCP_PORT);
  int tcp = socket(AF_INET, SOCK_STREAM, 0);
  setsockopt(tcp, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  if (bind(tcp, (struct sockaddr *)&any, sizeof any) < 0 || listen(tcp, 8) < 0) die("listen");
  printf("ready\n");
  fflush(stdout);
  static char octets[262144];
  for (;;) {
    int client = accept(tcp, NULL, NULL);
    uint64_t total = 0;
    ssize_t got;
    while ((got = recv(client, octets, sizeof octets, 0)) > 0) total += got;
    send(client, &total, sizeof total, MSG_NOSIGNAL);
    close(client);
  }
}

// One datagram after the other: nanoseconds there and back, "lost" after a second.
static void ping(const char *to, int count, int interval) {
  struct sockaddr_in peer = address(to, UDP_PORT);
  int udp = socket(AF_INET, SOCK_DGRAM, 0);
  struct timeval patience = {.tv_sec = 1};
  setsockopt(udp, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  if (connect(udp, (struct sockaddr *)&peer, sizeof peer) < 0) die("connect");
  for (int i = 0; i < count; i++) {
    char octets[64] = {0}, back[64];
    memcpy(octets, &i, sizeof i);
    double from = seconds();
    send(udp, octets, sizeof octets, 0);
    ssize_t got;
    int which = -1;
    do {
      got = recv(udp, back, sizeof back, 0);
      if (got >= (ssize_t)sizeof which) memcpy(&which, back, sizeof which);
    } while (got >= 0 && which != i);
    if (got < 0) printf("lost\n");
    else printf("%.0f\n", (seconds() - from) * 1e9);
    usleep(interval);
  }
}

// One stream: octets that arrived, and seconds until their reader had them all.
static void pour(const char *to, double lasting) {
  struct sockaddr_in peer = address(to, TCP_PORT);
  int tcp = socket(AF_INET, SOCK_STREAM, 0);
  if (connect(tcp, (struct sockaddr *)&peer, sizeof peer) < 0) die("connect");
  static char octets[131072];
  double from = seconds();
  while (seconds() - from < lasting) {
    if (send(tcp, octets, sizeof octets, MSG_NOSIGNAL) < 0) break;
  }
  shutdown(tcp, SHUT_WR);
  uint64_t total = 0;
  recv(tcp, &total, sizeof total, MSG_WAITALL);
  printf("%llu %.6f\n", (unsigned long long)total, seconds() - from);
}

// Frames of standard input (length 2 octets, low first, then the frame), round and round: how many were taken. Rate in frames a
// second, 0: as many as go.
static void blast(const char *device, double lasting, double rate, uint64_t most) {
  static unsigned char frames[MOST_FRAMES][MOST_FRAME];
  size_t lengths[MOST_FRAMES];
  int count = 0;
  unsigned char size[2];
  while (count < MOST_FRAMES && fread(size, 1, 2, stdin) == 2) {
    lengths[count] = size[0] | size[1] << 8;
    if (lengths[count] > MOST_FRAME || fread(frames[count], 1, lengths[count], stdin) != lengths[count]) exit(1);
    count++;
  }
  if (count == 0) exit(1);
  int raw = socket(AF_PACKET, SOCK_RAW, 0);
  if (raw < 0) die("socket");
  struct sockaddr_ll link = {.sll_family = AF_PACKET, .sll_ifindex = (int)if_nametoindex(device)};
  if (bind(raw, (struct sockaddr *)&link, sizeof link) < 0) die("bind");
  struct mmsghdr messages[BATCH];
  struct iovec vectors[BATCH];
  memset(messages, 0, sizeof messages);
  uint64_t sent = 0;
  double from = seconds(), now = from;
  while ((now = seconds()) - from < lasting && sent < most) {
    int batch = BATCH;
    if (rate > 0) {
      double due = (now - from) * rate - sent;
      if (due < 1) {
        usleep(200);
        continue;
      }
      if (due < batch) batch = (int)due;
    }
    for (int i = 0; i < batch; i++) {
      int frame = (sent + i) % count;
      vectors[i] = (struct iovec){frames[frame], lengths[frame]};
      messages[i].msg_hdr.msg_iov = &vectors[i];
      messages[i].msg_hdr.msg_iovlen = 1;
    }
    int taken = sendmmsg(raw, messages, batch, 0);
    if (taken > 0) sent += taken;
  }
  printf("%llu %.6f\n", (unsigned long long)sent, now - from);
}

int main(int argc, char **argv) {
  if (argc == 2 && !strcmp(argv[1], "serve")) serve();
  else if (argc == 5 && !strcmp(argv[1], "ping")) ping(argv[2], atoi(argv[3]), atoi(argv[4]));
  else if (argc == 4 && !strcmp(argv[1], "pour")) pour(argv[2], atof(argv[3]));
  else if (argc == 6 && !strcmp(argv[1], "blast")) blast(argv[2], atof(argv[3]), atof(argv[4]), strtoull(argv[5], NULL, 10));
  else return 2;
  return 0;
}
