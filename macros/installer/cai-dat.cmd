@echo off
rem Double-click this file. It only starts cai-dat.ps1 beside it, for this one user, without admin rights.
rem /go uninstalls, /thunghiem shows what would be done; other arguments are passed on.
setlocal
set "CCHC_ARGS=%*"
if /i "%~1"=="/go" set "CCHC_ARGS=-Go"
if /i "%~1"=="/thunghiem" set "CCHC_ARGS=-ThuNghiem"
"%SystemRoot%\System32\WindowsPowerShell\v1.0\powershell.exe" -NoProfile -ExecutionPolicy Bypass -File "%~dp0cai-dat.ps1" %CCHC_ARGS%
set "CCHC_CODE=%ERRORLEVEL%"
echo.
if /i not "%~1"=="-KhongHoi" pause
exit /b %CCHC_CODE%
