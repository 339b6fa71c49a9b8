"""The national languages: tables that a part's header chooses for its septets.

Read only, beside `alphabet`, which has the default tables. What is sent stays in
the default alphabet or goes as UCS-2, for not every phone has these.

Source: 3GPP TS 23.038 §6.2.1.2.1 (identifiers), A.2 (single shift), A.3 (locking
shift). Four codes are as meant, not as version 9.1.1 prints them: Kannada 0x24 in
A.3.7, Tamil 0x24 in A.2.11, Telugu 0x22 and 0x23 in A.2.12.
"""

from __future__ import annotations

__all__ = ["LANGUAGES", "table_for"]

from collections.abc import Mapping
from functools import lru_cache

from smscentre.gsm.alphabet import DEFAULT, Table

LANGUAGES: Mapping[int, str] = {
    1: "Turkish",
    2: "Spanish",
    3: "Portuguese",
    4: "Bengali",
    5: "Gujarati",
    6: "Hindi",
    7: "Kannada",
    8: "Malayalam",
    9: "Oriya",
    10: "Punjabi",
    11: "Tamil",
    12: "Telugu",
    13: "Urdu",
}
"""National language identifiers; Spanish has a single shift table only."""

_NO_CHARACTER = "\N{REPLACEMENT CHARACTER}"
"""What a code without a character reads as."""

_EMPTY = "----"

_FIRST_INDIAN = 4
"""From this identifier on the single shift tables have the Latin letters."""


@lru_cache(maxsize=256)
def table_for(locking: int, single: int) -> Table:
    """The table of a pair of language identifiers; 0 stands for the default.

    An unknown identifier stands for the default too: Latin letters and digits,
    which most tables share, remain readable.
    """
    rows = _LOCKING.get(locking)
    if rows is None and single not in _SINGLE:
        return DEFAULT
    characters = DEFAULT.characters if rows is None else "".join(_characters(rows))
    return Table.of(characters, _extension(single))


def _extension(single: int) -> Mapping[int, str]:
    own = _SINGLE.get(single)
    if own is None:
        return DEFAULT.escaped
    extension = dict(DEFAULT.escaped)
    if single >= _FIRST_INDIAN:
        extension |= _by_code(_INDIAN)
    return extension | _by_code(own)


def _by_code(runs: Mapping[int, str]) -> dict[int, str]:
    return {
        code: character
        for first, run in runs.items()
        for code, character in enumerate(_characters(run), first)
    }


def _characters(run: str) -> list[str]:
    return [
        _NO_CHARACTER if point == _EMPTY else chr(int(point, 16))
        for point in run.split()
    ]


_LOCKING: Mapping[int, str] = {
    # Turkish
    1: """
        0040 00a3 0024 00a5 20ac 00e9 00f9 0131 00f2 00c7 000a 011e 011f 000d 00c5 00e5
        0394 005f 03a6 0393 039b 03a9 03a0 03a8 03a3 0398 039e 001b 015e 015f 00df 00c9
        0020 0021 0022 0023 00a4 0025 0026 0027 0028 0029 002a 002b 002c 002d 002e 002f
        0030 0031 0032 0033 0034 0035 0036 0037 0038 0039 003a 003b 003c 003d 003e 003f
        0130 0041 0042 0043 0044 0045 0046 0047 0048 0049 004a 004b 004c 004d 004e 004f
        0050 0051 0052 0053 0054 0055 0056 0057 0058 0059 005a 00c4 00d6 00d1 00dc 00a7
        00e7 0061 0062 0063 0064 0065 0066 0067 0068 0069 006a 006b 006c 006d 006e 006f
        0070 0071 0072 0073 0074 0075 0076 0077 0078 0079 007a 00e4 00f6 00f1 00fc 00e0
    """,
    # Portuguese
    3: """
        0040 00a3 0024 00a5 00ea 00e9 00fa 00ed 00f3 00e7 000a 00d4 00f4 000d 00c1 00e1
        0394 005f 00aa 00c7 00c0 221e 005e 005c 20ac 00d3 007c 001b 00c2 00e2 00ca 00c9
        0020 0021 0022 0023 00ba 0025 0026 0027 0028 0029 002a 002b 002c 002d 002e 002f
        0030 0031 0032 0033 0034 0035 0036 0037 0038 0039 003a 003b 003c 003d 003e 003f
        00cd 0041 0042 0043 0044 0045 0046 0047 0048 0049 004a 004b 004c 004d 004e 004f
        0050 0051 0052 0053 0054 0055 0056 0057 0058 0059 005a 00c3 00d5 00da 00dc 00a7
        007e 0061 0062 0063 0064 0065 0066 0067 0068 0069 006a 006b 006c 006d 006e 006f
        0070 0071 0072 0073 0074 0075 0076 0077 0078 0079 007a 00e3 00f5 0060 00fc 00e0
    """,
    # Bengali
    4: """
        0981 0982 0983 0985 0986 0987 0988 0989 098a 098b 000a 098c ---- 000d ---- 098f
        0990 ---- ---- 0993 0994 0995 0996 0997 0998 0999 099a 001b 099b 099c 099d 099e
        0020 0021 099f 09a0 09a1 09a2 09a3 09a4 0029 0028 09a5 09a6 002c 09a7 002e 09a8
        0030 0031 0032 0033 0034 0035 0036 0037 0038 0039 003a 003b ---- 09aa 09ab 003f
        09ac 09ad 09ae 09af 09b0 ---- 09b2 ---- ---- ---- 09b6 09b7 09b8 09b9 09bc 09bd
        09be 09bf 09c0 09c1 09c2 09c3 09c4 ---- ---- 09c7 09c8 ---- ---- 09cb 09cc 09cd
        09ce 0061 0062 0063 0064 0065 0066 0067 0068 0069 006a 006b 006c 006d 006e 006f
        0070 0071 0072 0073 0074 0075 0076 0077 0078 0079 007a 09d7 09dc 09dd 09f0 09f1
    """,
    # Gujarati
    5: """
        0a81 0a82 0a83 0a85 0a86 0a87 0a88 0a89 0a8a 0a8b 000a 0a8c 0a8d 000d ---- 0a8f
        0a90 0a91 ---- 0a93 0a94 0a95 0a96 0a97 0a98 0a99 0a9a 001b 0a9b 0a9c 0a9d 0a9e
        0020 0021 0a9f 0aa0 0aa1 0aa2 0aa3 0aa4 0029 0028 0aa5 0aa6 002c 0aa7 002e 0aa8
        0030 0031 0032 0033 0034 0035 0036 0037 0038 0039 003a 003b ---- 0aaa 0aab 003f
        0aac 0aad 0aae 0aaf 0ab0 ---- 0ab2 0ab3 ---- 0ab5 0ab6 0ab7 0ab8 0ab9 0abc 0abd
        0abe 0abf 0ac0 0ac1 0ac2 0ac3 0ac4 0ac5 ---- 0ac7 0ac8 0ac9 ---- 0acb 0acc 0acd
        0ad0 0061 0062 0063 0064 0065 0066 0067 0068 0069 006a 006b 006c 006d 006e 006f
        0070 0071 0072 0073 0074 0075 0076 0077 0078 0079 007a 0ae0 0ae1 0ae2 0ae3 0af1
    """,
    # Hindi
    6: """
        0901 0902 0903 0905 0906 0907 0908 0909 090a 090b 000a 090c 090d 000d 090e 090f
        0910 0911 0912 0913 0914 0915 0916 0917 0918 0919 091a 001b 091b 091c 091d 091e
        0020 0021 091f 0920 0921 0922 0923 0924 0029 0028 0925 0926 002c 0927 002e 0928
        0030 0031 0032 0033 0034 0035 0036 0037 0038 0039 003a 003b 0929 092a 092b 003f
        092c 092d 092e 092f 0930 0931 0932 0933 0934 0935 0936 0937 0938 0939 093c 093d
        093e 093f 0940 0941 0942 0943 0944 0945 0946 0947 0948 0949 094a 094b 094c 094d
        0950 0061 0062 0063 0064 0065 0066 0067 0068 0069 006a 006b 006c 006d 006e 006f
        0070 0071 0072 0073 0074 0075 0076 0077 0078 0079 007a 0972 097b 097c 097e 097f
    """,
    # Kannada
    7: """
        ---- 0c82 0c83 0c85 0c86 0c87 0c88 0c89 0c8a 0c8b 000a 0c8c ---- 000d 0c8e 0c8f
        0c90 ---- 0c92 0c93 0c94 0c95 0c96 0c97 0c98 0c99 0c9a 001b 0c9b 0c9c 0c9d 0c9e
        0020 0021 0c9f 0ca0 0ca1 0ca2 0ca3 0ca4 0029 0028 0ca5 0ca6 002c 0ca7 002e 0ca8
        0030 0031 0032 0033 0034 0035 0036 0037 0038 0039 003a 003b ---- 0caa 0cab 003f
        0cac 0cad 0cae 0caf 0cb0 0cb1 0cb2 0cb3 ---- 0cb5 0cb6 0cb7 0cb8 0cb9 0cbc 0cbd
        0cbe 0cbf 0cc0 0cc1 0cc2 0cc3 0cc4 ---- 0cc6 0cc7 0cc8 ---- 0cca 0ccb 0ccc 0ccd
        0cd5 0061 0062 0063 0064 0065 0066 0067 0068 0069 006a 006b 006c 006d 006e 006f
        0070 0071 0072 0073 0074 0075 0076 0077 0078 0079 007a 0cd6 0ce0 0ce1 0ce2 0ce3
    """,
    # Malayalam
    8: """
        ---- 0d02 0d03 0d05 0d06 0d07 0d08 0d09 0d0a 0d0b 000a 0d0c ---- 000d 0d0e 0d0f
        0d10 ---- 0d12 0d13 0d14 0d15 0d16 0d17 0d18 0d19 0d1a 001b 0d1b 0d1c 0d1d 0d1e
        0020 0021 0d1f 0d20 0d21 0d22 0d23 0d24 0029 0028 0d25 0d26 002c 0d27 002e 0d28
        0030 0031 0032 0033 0034 0035 0036 0037 0038 0039 003a 003b ---- 0d2a 0d2b 003f
        0d2c 0d2d 0d2e 0d2f 0d30 0d31 0d32 0d33 0d34 0d35 0d36 0d37 0d38 0d39 ---- 0d3d
        0d3e 0d3f 0d40 0d41 0d42 0d43 0d44 ---- 0d46 0d47 0d48 ---- 0d4a 0d4b 0d4c 0d4d
        0d57 0061 0062 0063 0064 0065 0066 0067 0068 0069 006a 006b 006c 006d 006e 006f
        0070 0071 0072 0073 0074 0075 0076 0077 0078 0079 007a 0d60 0d61 0d62 0d63 0d79
    """,
    # Oriya
    9: """
        0b01 0b02 0b03 0b05 0b06 0b07 0b08 0b09 0b0a 0b0b 000a 0b0c ---- 000d ---- 0b0f
        0b10 ---- ---- 0b13 0b14 0b15 0b16 0b17 0b18 0b19 0b1a 001b 0b1b 0b1c 0b1d 0b1e
        0020 0021 0b1f 0b20 0b21 0b22 0b23 0b24 0029 0028 0b25 0b26 002c 0b27 002e 0b28
        0030 0031 0032 0033 0034 0035 0036 0037 0038 0039 003a 003b ---- 0b2a 0b2b 003f
        0b2c 0b2d 0b2e 0b2f 0b30 ---- 0b32 0b33 ---- 0b35 0b36 0b37 0b38 0b39 0b3c 0b3d
        0b3e 0b3f 0b40 0b41 0b42 0b43 0b44 ---- ---- 0b47 0b48 ---- ---- 0b4b 0b4c 0b4d
        0b56 0061 0062 0063 0064 0065 0066 0067 0068 0069 006a 006b 006c 006d 006e 006f
        0070 0071 0072 0073 0074 0075 0076 0077 0078 0079 007a 0b57 0b60 0b61 0b62 0b63
    """,
    # Punjabi
    10: """
        0a01 0a02 0a03 0a05 0a06 0a07 0a08 0a09 0a0a ---- 000a ---- ---- 000d ---- 0a0f
        0a10 ---- ---- 0a13 0a14 0a15 0a16 0a17 0a18 0a19 0a1a 001b 0a1b 0a1c 0a1d 0a1e
        0020 0021 0a1f 0a20 0a21 0a22 0a23 0a24 0029 0028 0a25 0a26 002c 0a27 002e 0a28
        0030 0031 0032 0033 0034 0035 0036 0037 0038 0039 003a 003b ---- 0a2a 0a2b 003f
        0a2c 0a2d 0a2e 0a2f 0a30 ---- 0a32 0a33 ---- 0a35 0a36 ---- 0a38 0a39 0a3c ----
        0a3e 0a3f 0a40 0a41 0a42 ---- ---- ---- ---- 0a47 0a48 ---- ---- 0a4b 0a4c 0a4d
        0a51 0061 0062 0063 0064 0065 0066 0067 0068 0069 006a 006b 006c 006d 006e 006f
        0070 0071 0072 0073 0074 0075 0076 0077 0078 0079 007a 0a70 0a71 0a72 0a73 0a74
    """,
    # Tamil
    11: """
        ---- 0b82 0b83 0b85 0b86 0b87 0b88 0b89 0b8a ---- 000a ---- ---- 000d 0b8e 0b8f
        0b90 ---- 0b92 0b93 0b94 0b95 ---- ---- ---- 0b99 0b9a 001b ---- 0b9c ---- 0b9e
        0020 0021 0b9f ---- ---- ---- 0ba3 0ba4 0029 0028 ---- ---- 002c ---- 002e 0ba8
        0030 0031 0032 0033 0034 0035 0036 0037 0038 0039 003a 003b 0ba9 0baa ---- 003f
        ---- ---- 0bae 0baf 0bb0 0bb1 0bb2 0bb3 0bb4 0bb5 0bb6 0bb7 0bb8 0bb9 ---- ----
        0bbe 0bbf 0bc0 0bc1 0bc2 ---- ---- ---- 0bc6 0bc7 0bc8 ---- 0bca 0bcb 0bcc 0bcd
        0bd0 0061 0062 0063 0064 0065 0066 0067 0068 0069 006a 006b 006c 006d 006e 006f
        0070 0071 0072 0073 0074 0075 0076 0077 0078 0079 007a 0bd7 0bf0 0bf1 0bf2 0bf9
    """,
    # Telugu
    12: """
        0c01 0c02 0c03 0c05 0c06 0c07 0c08 0c09 0c0a 0c0b 000a 0c0c ---- 000d 0c0e 0c0f
        0c10 ---- 0c12 0c13 0c14 0c15 0c16 0c17 0c18 0c19 0c1a 001b 0c1b 0c1c 0c1d 0c1e
        0020 0021 0c1f 0c20 0c21 0c22 0c23 0c24 0029 0028 0c25 0c26 002c 0c27 002e 0c28
        0030 0031 0032 0033 0034 0035 0036 0037 0038 0039 003a 003b ---- 0c2a 0c2b 003f
        0c2c 0c2d 0c2e 0c2f 0c30 0c31 0c32 0c33 ---- 0c35 0c36 0c37 0c38 0c39 ---- 0c3d
        0c3e 0c3f 0c40 0c41 0c42 0c43 0c44 ---- 0c46 0c47 0c48 ---- 0c4a 0c4b 0c4c 0c4d
        0c55 0061 0062 0063 0064 0065 0066 0067 0068 0069 006a 006b 006c 006d 006e 006f
        0070 0071 0072 0073 0074 0075 0076 0077 0078 0079 007a 0c56 0c60 0c61 0c62 0c63
    """,
    # Urdu
    13: """
        0627 0622 0628 067b 0680 067e 06a6 062a 06c2 067f 000a 0679 067d 000d 067a 067c
        062b 062c 0681 0684 0683 0685 0686 0687 062d 062e 062f 001b 068c 0688 0689 068a
        0020 0021 068f 068d 0630 0631 0691 0693 0029 0028 0699 0632 002c 0696 002e 0698
        0030 0031 0032 0033 0034 0035 0036 0037 0038 0039 003a 003b 069a 0633 0634 003f
        0635 0636 0637 0638 0639 0641 0642 06a9 06aa 06ab 06af 06b3 06b1 0644 0645 0646
        06ba 06bb 06bc 0648 06c4 06d5 06c1 06be 0621 06cc 06d0 06d2 064d 0650 064f 0657
        0654 0061 0062 0063 0064 0065 0066 0067 0068 0069 006a 006b 006c 006d 006e 006f
        0070 0071 0072 0073 0074 0075 0076 0077 0078 0079 007a 0655 0651 0653 0656 0670
    """,
}
"""Code points of the 128 codes in hexadecimal, 16 a row; ---- has no character.

1B is the escape. Source: 3GPP TS 23.038 A.3.1 to A.3.13.
"""

_INDIAN: Mapping[int, str] = {
    0x00: "0040 00a3 0024 00a5 00bf 0022 00a4 0025 0026 0027 000c 002a 002b",
    0x0E: "002d 002f 003c 003d 003e 00a1 005e 00a1 005f 0023 002a",
    0x28: "007b 007d",
    0x2F: "005c",
    0x3C: "005b 007e 005d",
    0x40: "007c 0041 0042 0043 0044 0045 0046 0047 0048 0049 004a 004b 004c",
    0x4D: "004d 004e 004f 0050 0051 0052 0053 0054 0055 0056 0057 0058 0059",
    0x5A: "005a",
    0x65: "20ac",
}
"""What the single shift tables of the Indian languages and Urdu share, by first code.

Source: 3GPP TS 23.038 A.2.4 to A.2.13.
"""

_SINGLE: Mapping[int, Mapping[int, str]] = {
    # Turkish
    1: {
        0x47: "011e",
        0x49: "0130",
        0x53: "015e",
        0x63: "00e7",
        0x67: "011f",
        0x69: "0131",
        0x73: "015f",
    },
    # Spanish
    2: {
        0x09: "00e7",
        0x41: "00c1",
        0x49: "00cd",
        0x4F: "00d3",
        0x55: "00da",
        0x61: "00e1",
        0x69: "00ed",
        0x6F: "00f3",
        0x75: "00fa",
    },
    # Portuguese
    3: {
        0x05: "00ea",
        0x09: "00e7",
        0x0B: "00d4 00f4",
        0x0E: "00c1 00e1",
        0x12: "03a6 0393",
        0x15: "03a9 03a0 03a8 03a3 0398",
        0x1F: "00ca",
        0x41: "00c0",
        0x49: "00cd",
        0x4F: "00d3",
        0x55: "00da",
        0x5B: "00c3 00d5",
        0x61: "00c2",
        0x69: "00ed",
        0x6F: "00f3",
        0x75: "00fa",
        0x7B: "00e3 00f5",
        0x7F: "00e2",
    },
    # Bengali
    4: {
        0x19: "09e6 09e7",
        0x1C: "09e8 09e9 09ea 09eb 09ec 09ed 09ee 09ef 09df 09e0 09e1 09e2",
        0x2A: "09e3 09f2 09f3 09f4 09f5",
        0x30: "09f6 09f7 09f8 09f9 09fa",
    },
    # Gujarati
    5: {
        0x19: "0964 0965",
        0x1C: "0ae6 0ae7 0ae8 0ae9 0aea 0aeb 0aec 0aed 0aee 0aef",
    },
    # Hindi
    6: {
        0x19: "0964 0965",
        0x1C: "0966 0967 0968 0969 096a 096b 096c 096d 096e 096f 0951 0952",
        0x2A: "0953 0954 0958 0959 095a",
        0x30: "095b 095c 095d 095e 095f 0960 0961 0962 0963 0970 0971",
    },
    # Kannada
    7: {
        0x19: "0964 0965",
        0x1C: "0ce6 0ce7 0ce8 0ce9 0cea 0ceb 0cec 0ced 0cee 0cef 0cde 0cf1",
        0x2A: "0cf2",
    },
    # Malayalam
    8: {
        0x19: "0964 0965",
        0x1C: "0d66 0d67 0d68 0d69 0d6a 0d6b 0d6c 0d6d 0d6e 0d6f 0d70 0d71",
        0x2A: "0d72 0d73 0d74 0d75 0d7a",
        0x30: "0d7b 0d7c 0d7d 0d7e 0d7f",
    },
    # Oriya
    9: {
        0x19: "0964 0965",
        0x1C: "0b66 0b67 0b68 0b69 0b6a 0b6b 0b6c 0b6d 0b6e 0b6f 0b5c 0b5d",
        0x2A: "0b5f 0b70 0b71",
    },
    # Punjabi
    10: {
        0x19: "0964 0965",
        0x1C: "0a66 0a67 0a68 0a69 0a6a 0a6b 0a6c 0a6d 0a6e 0a6f 0a59 0a5a",
        0x2A: "0a5b 0a5c 0a5e 0a75",
    },
    # Tamil
    11: {
        0x19: "0964 0965",
        0x1C: "0be6 0be7 0be8 0be9 0bea 0beb 0bec 0bed 0bee 0bef 0bf3 0bf4",
        0x2A: "0bf5 0bf6 0bf7 0bf8 0bfa",
    },
    # Telugu
    12: {
        0x1C: "0c66 0c67 0c68 0c69 0c6a 0c6b 0c6c 0c6d 0c6e 0c6f 0c58 0c59",
        0x2A: "0c78 0c79 0c7a 0c7b 0c7c",
        0x30: "0c7d 0c7e 0c7f",
    },
    # Urdu
    13: {
        0x19: "0600 0601",
        0x1C: "06f0 06f1 06f2 06f3 06f4 06f5 06f6 06f7 06f8 06f9 060c 060d",
        0x2A: "060e 060f 0610 0611 0612",
        0x30: "0613 0614 061b 061f 0640 0652 0658 066b 066c 0672 0673 06cd",
        0x3F: "06d4",
    },
}
"""What each single shift table has beyond the one that it shares with others.

Those of Turkish, Spanish and Portuguese add to the default extension table.
Source: 3GPP TS 23.038 A.2.1 to A.2.13.
"""
