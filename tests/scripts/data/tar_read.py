"""A compressed tar file is gone through member by member; a member is read in pieces."""

import io
import tarfile

with tarfile.open("data.tar.gz", "w:gz") as made:
    for number in range(6):
        info = tarfile.TarInfo(f"m{number}.txt")
        data = "".join(f"{number} {n}\n" for n in range(500)).encode()
        info.size = len(data)
        info.mtime = number
        made.addfile(info, io.BytesIO(data))
archive = tarfile.open("data.tar.gz")
held = archive.extractfile("m0.txt")
for member in archive:
    with archive.extractfile(member) as file:
        print(member.name, member.size, file.readline(), file.readline(), held.readline())
        for line in file:
            if line.endswith(b"99\n"):
                print(line)
archive.close()
del made, member, info
