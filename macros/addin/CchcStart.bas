Attribute VB_Name = "CchcStart"
Option Explicit
Option Private Module

' Starts the private Python for a button. Everything else happens there.
'
' Nothing is taken from a workbook: the program's place comes from the user's own profile, the button's name from this
' project. A received workbook, the files beside it and its folder have no say in what is run (no code of its cells, no
' settings of its folder, no current directory, no PYTHON* variables: -I).
'
' Sources are ASCII. What users read stands in texts.toml (UTF-8); the build makes the module CchcTexts from it.

#If VBA7 Then
Private Declare PtrSafe Function MessageBoxW Lib "user32" ( _
    ByVal owner As LongPtr, ByVal text As LongPtr, ByVal caption As LongPtr, ByVal style As Long) As Long
#Else
Private Declare Function MessageBoxW Lib "user32" ( _
    ByVal owner As Long, ByVal text As Long, ByVal caption As Long, ByVal style As Long) As Long
#End If

Private Const MB_ICONWARNING As Long = &H30
Private Const FOR_READING As Long = 1
Private Const SHOW_NORMAL As Long = 1

' Written by the installer, one line, ASCII. Not beside the add-in: Excel opens every file that lies in XLSTART.
Private Const POINTER_FILE As String = "%LOCALAPPDATA%\CCHC\python.txt"
Private Const USUAL_PLACE As String = "%LOCALAPPDATA%\CCHC\python\pythonw.exe"
Private Const PROGRAM_NAME As String = "\pythonw.exe"

' What Python is started with. Nobody waits for it and it has no console: that the package is missing it must say
' itself, in the words of the last argument. All else that goes wrong is said by the package (cchc_xl.hosts.excel).
Private Const START_CODE As String = _
    "import sys, runpy, importlib.util as u; say = sys.argv.pop(); " & _
    "u.find_spec('cchc_xl') or sys.exit(__import__('ctypes').windll.user32.MessageBoxW(None, say, 'CCHC', 0x10030)); " & _
    "runpy.run_module('cchc_xl.hosts.excel', run_name='__main__', alter_sys=True)"

' button: the command's name, one of ours. needsWorkbook: the button works on the active workbook.
Public Sub CchcRun(ByVal button As String, ByVal needsWorkbook As Boolean)
    Dim problem As String
    If needsWorkbook Then
        problem = NoWorkbook()
        If Len(problem) > 0 Then
            Tell problem
            Exit Sub
        End If
    End If

    Dim host As Object, files As Object, program As String
    On Error GoTo Refused
    ' Late bound, so no reference can be missing. Both know Unicode paths; Shell, Dir, Open and Environ do not.
    Set host = CreateObject("WScript.Shell")
    Set files = CreateObject("Scripting.FileSystemObject")
    program = CchcProgram(host, files)
    If Len(program) = 0 Then
        Tell TextNoPython()
        Exit Sub
    End If

    Dim before As String
    before = host.CurrentDirectory
    ' Excel's current folder may be that of a received workbook: no program is started from there.
    host.CurrentDirectory = files.GetParentFolderName(program)
    ' Do not wait (False): Excel serves COM calls only when no macro runs, so the button's Python, which works on
    ' the open workbook through COM, would wait for this macro and this macro for it.
    ' Not hidden (0): pythonw has no console to hide, and a process started hidden shows its first window hidden too.
    host.Run """" & program & """ -I -X utf8 -c """ & START_CODE & """ " & button & _
        " --hwnd " & CStr(Application.Hwnd) & " """ & TextNoPackage() & """", SHOW_NORMAL, False
    GoBackTo host, before
    Exit Sub

Refused:
    problem = Replace(TextRefused(), "{error}", Err.Description & " (" & CStr(Err.Number) & ")")
    GoBackTo host, before
    Tell problem
End Sub

' Back to the folder in which Excel was; one that is gone by now is no reason to complain.
Private Sub GoBackTo(ByVal host As Object, ByVal folder As String)
    On Error Resume Next
    If Len(folder) > 0 Then host.CurrentDirectory = folder
End Sub

' What keeps a button from working on the active workbook; "" for nothing.
Private Function NoWorkbook() As String
    If Not Application.ActiveProtectedViewWindow Is Nothing Then
        NoWorkbook = TextProtectedView()
    ElseIf Application.ActiveWorkbook Is Nothing Then
        NoWorkbook = TextNoWorkbook()
    End If
End Function

' Where the private Python is; "" when it is not there.
Public Function CchcProgram(ByVal host As Object, ByVal files As Object) As String
    Dim place As String, program As String, stream As Object
    place = host.ExpandEnvironmentStrings(POINTER_FILE)
    If files.FileExists(place) Then
        Set stream = files.OpenTextFile(place, FOR_READING)
        If Not stream.AtEndOfStream Then program = Trim$(stream.ReadLine)
        stream.Close
    Else
        program = host.ExpandEnvironmentStrings(USUAL_PLACE)
    End If
    If LCase$(Right$(program, Len(PROGRAM_NAME))) <> PROGRAM_NAME Then Exit Function
    If InStr(program, """") > 0 Then Exit Function
    If files.FileExists(program) Then CchcProgram = program
End Function

' MsgBox would lose the letters that the PC's code page has not.
Private Sub Tell(ByVal message As String)
    Dim caption As String
    caption = TextCaption()
    MessageBoxW Application.Hwnd, StrPtr(message), StrPtr(caption), MB_ICONWARNING
End Sub
