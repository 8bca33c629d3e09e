Attribute VB_Name = "CchcFunctions"
Option Explicit

' Generated from the Python functions by macros/functions/generate.py: do not edit.

Public Function CCHC_KHOP(tong, cac_phan)
    CCHC_KHOP = CchcCall("CCHC_KHOP", Array(tong, cac_phan))
End Function

Public Function CCHC_KIEMTRA(vung_stt, vung_so_lieu, bieu, Optional phu_luc)
    CCHC_KIEMTRA = CchcCall("CCHC_KIEMTRA", Array(vung_stt, vung_so_lieu, bieu, phu_luc))
End Function

Public Function CCHC_SO(van_ban)
    CCHC_SO = CchcCall("CCHC_SO", Array(van_ban))
End Function

Public Function CCHC_TONGHOP(chi_tieu, vung)
    CCHC_TONGHOP = CchcCall("CCHC_TONGHOP", Array(chi_tieu, vung))
End Function

Public Function CCHC_TYLE(tu, mau, Optional so_le)
    CCHC_TYLE = CchcCall("CCHC_TYLE", Array(tu, mau, so_le))
End Function

' What Excel's function wizard shows; called once when the add-in's ribbon is there.
Public Sub CchcDescribe()
    Dim d As String, a As Variant
    d = CchcText("So s\u1ed1 t\u1ed5ng v\u1edbi c\u00e1c ph\u1ea7n c\u1ed9ng l\u1ea1i: \u201cKh\u1edbp\u201d ho\u1eb7c" & _
        " \u201cL\u1ec7ch \u2026\u201d. S\u1ed1 nguy\u00ean ph\u1ea3i \u0111\u00fang, s\u1ed1 l\u1ebb \u0111" & _
        "\u01b0\u1ee3c sai do l\u00e0m tr\u00f2n.")
    a = Array(vbNullString, vbNullString)
    a(0) = CchcText("\u00d4 ghi s\u1ed1 t\u1ed5ng; ho\u1eb7c m\u1ed9t c\u1ed9t s\u1ed1 t\u1ed5ng, m\u1ed7i t\u1ed5ng so v" & _
        "\u1edbi m\u1ed9t h\u00e0ng c\u00e1c ph\u1ea7n.")
    a(1) = CchcText("V\u00f9ng ghi c\u00e1c ph\u1ea7n; \u00f4 tr\u1ed1ng t\u00ednh l\u00e0 0.")
    CchcDescribeOne "CCHC_KHOP", d, "CCHC", a
    d = CchcText("Ki\u1ec3m tra b\u1ea3ng s\u1ed1 li\u1ec7u theo quy t\u1eafc c\u1ee7a bi\u1ec3u; k\u1ebft qu\u1ea3 l" & _
        "\u00e0 m\u1ed9t b\u1ea3ng: m\u1ee9c \u0111\u1ed9, STT, n\u1ed9i dung, c\u00e1ch x\u1eed l\u00fd.")
    a = Array(vbNullString, vbNullString, vbNullString, vbNullString)
    a(0) = CchcText("C\u1ed9t STT c\u1ee7a b\u1ea3ng, ghi nh\u01b0 STT c\u1ee7a bi\u1ec3u.")
    a(1) = CchcText("C\u1ed9t s\u1ed1 li\u1ec7u (v\u00e0 c\u1ed9t ghi ch\u00fa b\u00ean ph\u1ea3i, n\u1ebfu c\u00f3), c" & _
        "\u00f9ng s\u1ed1 d\u00f2ng v\u1edbi c\u1ed9t STT.")
    a(2) = CchcText("M\u00e3 bi\u1ec3u, v\u00ed d\u1ee5 vinh-thanh-2023.")
    a(3) = CchcText("Ph\u1ee5 l\u1ee5c, v\u00ed d\u1ee5 PL6; b\u1ecf tr\u1ed1ng n\u1ebfu bi\u1ec3u ch\u1ec9 c\u00f3 m" & _
        "\u1ed9t ph\u1ee5 l\u1ee5c.")
    CchcDescribeOne "CCHC_KIEMTRA", d, "CCHC", a
    d = CchcText("\u0110\u1ecdc s\u1ed1 vi\u1ebft ki\u1ec3u Vi\u1ec7t Nam: 15.667; 43,2; 99%; 16 (88,9%). Ch\u1ed7 c" & _
        "\u00f3 th\u1ec3 \u0111\u1ecdc hai c\u00e1ch (0.500) th\u00ec b\u00e1o, kh\u00f4ng \u0111o\u00e1n.")
    a = Array(vbNullString)
    a(0) = CchcText("\u00d4 ho\u1eb7c v\u00f9ng ghi s\u1ed1 theo c\u00e1ch vi\u1ebft Vi\u1ec7t Nam.")
    CchcDescribeOne "CCHC_SO", d, "CCHC", a
    d = CchcText("T\u1ed5ng h\u1ee3p s\u1ed1 li\u1ec7u c\u00e1c \u0111\u01a1n v\u1ecb theo c\u00e1ch c\u1ee7a ch\u1ec9" & _
        " ti\u00eau: c\u1ed9ng, \u0111\u1ed1i chi\u1ebfu, \u0111\u1ebfm \u2026; kh\u00f4ng c\u1ed9ng t\u1ef7 " & _
        "l\u1ec7.")
    a = Array(vbNullString, vbNullString)
    a(0) = CchcText("M\u00e3 ch\u1ec9 ti\u00eau, ho\u1eb7c bi\u1ec3u/ph\u1ee5 l\u1ee5c/th\u1ee9 t\u1ef1 d\u00f2ng, v" & _
        "\u00ed d\u1ee5 vinh-thanh-2023/PL6/45.")
    a(1) = CchcText("V\u00f9ng ghi s\u1ed1 li\u1ec7u c\u1ee7a c\u00e1c \u0111\u01a1n v\u1ecb, m\u1ed7i \u0111\u01a1n v" & _
        "\u1ecb m\u1ed9t \u00f4.")
    CchcDescribeOne "CCHC_TONGHOP", d, "CCHC", a
    d = CchcText("T\u1ef7 l\u1ec7 ph\u1ea7n tr\u0103m 100 \u00d7 t\u1eed s\u1ed1 / m\u1eabu s\u1ed1, l\u00e0m tr\u00f2" & _
        "n. \u0110\u1ec3 tr\u1ed1ng khi thi\u1ebfu t\u1eed s\u1ed1 ho\u1eb7c m\u1eabu s\u1ed1, ho\u1eb7c c" & _
        "\u1ea3 hai b\u1eb1ng 0.")
    a = Array(vbNullString, vbNullString, vbNullString)
    a(0) = CchcText("T\u1eed s\u1ed1: m\u1ed9t \u00f4 ho\u1eb7c m\u1ed9t v\u00f9ng.")
    a(1) = CchcText("M\u1eabu s\u1ed1: m\u1ed9t \u00f4, ho\u1eb7c m\u1ed9t v\u00f9ng b\u1eb1ng v\u00f9ng t\u1eed s\u1ed1.")
    a(2) = CchcText("S\u1ed1 ch\u1eef s\u1ed1 l\u1ebb, t\u1eeb 0 \u0111\u1ebfn 10; b\u1ecf tr\u1ed1ng l\u00e0 2.")
    CchcDescribeOne "CCHC_TYLE", d, "CCHC", a
End Sub

Private Sub CchcDescribeOne(f As String, d As String, c As String, a As Variant)
    ' Excel refuses this for a hidden workbook in some states: help is no reason to stop.
    On Error Resume Next
    Application.MacroOptions Macro:="'CCHC.xlam'!" & f, Description:=d, _
        Category:=c, ArgumentDescriptions:=a
End Sub

Private Function CchcText(s As String) As String
    ' \uXXXX to the letter it stands for: sources are ASCII.
    Dim p As Long, r As String
    r = s
    p = InStr(r, "\u")
    Do While p > 0
        r = Left$(r, p - 1) & ChrW$(CLng("&H" & Mid$(r, p + 2, 4))) & Mid$(r, p + 6)
        p = InStr(p + 1, r, "\u")
    Loop
    CchcText = r
End Function
