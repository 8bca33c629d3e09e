Attribute VB_Name = "CchcRibbon"
Option Explicit

' What the ribbon (customUI.xml) calls. The argument is an IRibbonControl, late bound: no reference to Office's library.

Public Sub CchcKiemTra(control As Object)
    CchcRun "kiem-tra", True
End Sub

Public Sub CchcXoaDanhDau(control As Object)
    CchcRun "xoa-danh-dau", True
End Sub

Public Sub CchcNop(control As Object)
    CchcRun "nop", True
End Sub

Public Sub CchcTongHop(control As Object)
    CchcRun "tong-hop", False
End Sub

Public Sub CchcCongKy(control As Object)
    CchcRun "cong-ky", False
End Sub

Public Sub CchcTaoSo(control As Object)
    CchcRun "tao-so", False
End Sub

Public Sub CchcNhap(control As Object)
    CchcRun "nhap", True
End Sub

Public Sub CchcHuongDan(control As Object)
    CchcRun "huong-dan", False
End Sub

' onLoad: Excel is not ready for MacroOptions before it has opened its windows.
Public Sub CchcLoaded(ribbon As Object)
    On Error Resume Next
    Application.OnTime Now, "'CCHC.xlam'!CchcDescribe"
End Sub
