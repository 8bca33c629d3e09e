Attribute VB_Name = "CchcPython"
Option Explicit
Option Private Module

' Where worksheet functions (CchcFunctions, generated) are computed: a Python that Excel starts at the first one and
' that ends with Excel. It comes through xlwings' library, which lies in the private Python's own folder.
'
' As with the buttons nothing is taken from a workbook: not the place of Python, no settings, no code, not even the
' workbook that asks. The library takes texts in the PC's code page only, so the path has to be ASCII; the installer
' sees to that.

#If VBA7 Then
#If Win64 Then
Private Const LIBRARY_NAME As String = "xlwings64-0.37.8.dll"
Private Declare PtrSafe Function Activate Lib "xlwings64-0.37.8.dll" Alias "XLPyDLLActivateAuto" ( _
    ByRef result As Variant, ByVal command As String, ByVal mode As Long) As Long
#Else
Private Const LIBRARY_NAME As String = "xlwings32-0.37.8.dll"
Private Declare PtrSafe Function Activate Lib "xlwings32-0.37.8.dll" Alias "XLPyDLLActivateAuto" ( _
    ByRef result As Variant, ByVal command As String, ByVal mode As Long) As Long
#End If
Private Declare PtrSafe Function LoadLibraryW Lib "kernel32" (ByVal path As LongPtr) As LongPtr
#Else
Private Const LIBRARY_NAME As String = "xlwings32-0.37.8.dll"
Private Declare Function Activate Lib "xlwings32-0.37.8.dll" Alias "XLPyDLLActivateAuto" ( _
    ByRef result As Variant, ByVal command As String, ByVal mode As Long) As Long
Private Declare Function LoadLibraryW Lib "kernel32" (ByVal path As Long) As Long
#End If

Private Const FUNCTIONS As String = "cchc_xl.hosts.excel.functions"
Private Const SERVE As String = " -I -X utf8 -m cchc_xl.hosts.excel.serve $(CLSID)"
Private Const ACTIVATE_OR_START As Long = 1

' How Python is started; "" until the library is loaded.
Private startCommand As String

' The result of a function of ours: whatever happens, a value or a sentence.
Public Function CchcCall(ByVal name As String, ByVal arguments As Variant) As Variant
    On Error GoTo Refused
    If HasSeveralAreas(arguments) Then
        CchcCall = TextSeveralAreas()
        Exit Function
    End If
    If Len(startCommand) = 0 Then
        If Not FindPython() Then
            CchcCall = TextNoFunctions()
            Exit Function
        End If
    End If
    Dim server As Variant
    If Activate(server, startCommand, ACTIVATE_OR_START) <> 0 Then
        ' The library gives its complaint in the place of Python: several lines, of which the first says it.
        CchcCall = Complaint(CStr(server))
        Exit Function
    End If
    CchcCall = server.CallUDF(FUNCTIONS, name, arguments)
    Exit Function

Refused:
    CchcCall = Complaint(Err.Description)
End Function

' Of a range such as (A1:A3;C1:C3) Range.Value gives the first area only: a sum of it would be wrong.
Private Function HasSeveralAreas(ByVal arguments As Variant) As Boolean
    Dim place As Long
    For place = LBound(arguments) To UBound(arguments)
        If TypeName(arguments(place)) = "Range" Then
            If arguments(place).Areas.Count > 1 Then HasSeveralAreas = True
        End If
    Next place
End Function

Private Function Complaint(ByVal reason As String) As String
    Dim lines As Variant
    lines = Split(Replace(reason, vbCr, vbLf), vbLf)
    If UBound(lines) >= 0 Then reason = lines(0)
    Complaint = Replace(TextFunctionsRefused(), "{error}", Left$(reason, 120))
End Function

' Finds the private Python and loads the library that lies beside it.
Private Function FindPython() As Boolean
    Dim host As Object, files As Object, program As String, library As String
    Set host = CreateObject("WScript.Shell")
    Set files = CreateObject("Scripting.FileSystemObject")
    program = CchcProgram(host, files)
    If Len(program) = 0 Then Exit Function
    library = files.GetParentFolderName(program) & "\" & LIBRARY_NAME
    ' Once it is loaded by its path, Declare finds it by its name; it is not looked for in any other folder before.
    If Not files.FileExists(library) Then Exit Function
    If LoadLibraryW(StrPtr(library)) = 0 Then Exit Function
    startCommand = """" & program & """" & SERVE
    FindPython = True
End Function
