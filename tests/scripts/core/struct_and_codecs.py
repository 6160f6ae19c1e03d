"""Compiled regexes, Match objects, struct.Struct, hashlib and zlib objects, incremental decoders under way."""

import codecs
import hashlib
import re
import struct
import zlib

pattern = re.compile(r"(?P<key>\w+)=(?P<value>\d+)")
text = "a=1, b=22; c=333 and d=4"
packer = struct.Struct(">hI")
running_sum = 0
names = []
for match in pattern.finditer(text):
    running_sum = zlib.crc32(match["value"].encode(), running_sum)
    names.append(match["key"])
    print(match.span(), match.groupdict(), packer.pack(len(names), running_sum).hex())
    for group in range(1, 3):
        print("group", match.group(group), match.re is pattern)
digests = []
for n in range(4):
    digests.append(hashlib.sha256(repr((names, digests)).encode()).hexdigest()[:12])
    print(digests[-1], codecs.encode(digests[-1], "rot13"), re.sub("[0-9]", lambda m: chr(65 + int(m[0])), digests[-1]))
