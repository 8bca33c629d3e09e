Attribute VB_Name = "CchcSheetButtons"
Option Explicit

' What the two buttons on the first sheet of a .xlsm form call.

Public Sub CchcNutKiemTra()
    CchcRun "kiem-tra", True
End Sub

Public Sub CchcNutTongHop()
    CchcRun "tong-hop", False
End Sub
