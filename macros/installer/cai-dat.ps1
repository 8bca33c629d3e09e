<#
.SYNOPSIS
    Cài đặt, sửa hoặc gỡ bộ công cụ CCHC cho một người dùng, không cần quyền quản trị.

.DESCRIPTION
    Nhấp đúp cai-dat.cmd để cài. Chạy lại để sửa hoặc nâng cấp. Bộ cài gồm Python riêng (có Tk), các gói trong
    requirements.txt (đúng mã băm), bổ trợ Excel CCHC.xlam và lối tắt CCHC trong menu Start.

.PARAMETER Go
    Gỡ: xóa mọi thứ bộ cài đã đặt vào máy.

.PARAMETER ThuNghiem
    Chạy thử: chỉ in những việc sẽ làm, không thay đổi gì.

.PARAMETER Nguon
    Thư mục chứa bộ cài (tệp zip của Python, thư mục wheels, CCHC.xlam). Mặc định: thư mục của tệp này.
    Thiếu tệp nào thì tải tệp đó từ mạng.

.PARAMETER KhongHoi
    Không hỏi gì: nếu Excel đang mở thì dừng với mã 3.
#>
[CmdletBinding()]
param(
    [switch]$Go,
    [switch]$ThuNghiem,
    [string]$Nguon = $PSScriptRoot,
    [switch]$KhongHoi
)

# PowerShell 5.1 là bản có sẵn trên mọi máy Windows 10: không dùng cú pháp mới hơn.
Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'   # thanh tiến trình làm việc tải chậm đi nhiều lần

# Mã kết thúc: 0 xong, 1 có lỗi, 2 máy không dùng được, 3 Excel đang mở.
$MaLoi = 1
$MaMay = 2
$MaExcel = 3

if ($ExecutionContext.SessionState.LanguageMode -ne 'FullLanguage') {
    Write-Host 'Chính sách của máy giới hạn PowerShell: hãy nhờ người quản trị cho phép cai-dat.ps1.' -ForegroundColor Red
    exit $MaMay
}

# --- nơi đặt ----------------------------------------------------------------------------------------------------

$ThuMucChung = Join-Path $env:LOCALAPPDATA 'CCHC'
# Bổ trợ đọc đường dẫn Python ở tệp này. Không đặt cạnh bổ trợ: Excel mở mọi tệp nằm trong XLSTART.
$TepDuongDan = Join-Path $ThuMucChung 'python.txt'
$NhatKy = Join-Path $ThuMucChung 'cai-dat.log'
$BanSaoBoCai = Join-Path $ThuMucChung 'cai-dat.ps1'
# Nút Tổng hợp nhớ ở đây những sổ đã đọc: có số liệu của đơn vị, nên gỡ thì xóa.
$KhoDaDoc = Join-Path $env:LOCALAPPDATA 'cchc_xl'
$ThuMucXlstart = Join-Path $env:APPDATA 'Microsoft\Excel\XLSTART'
$BoTro = Join-Path $ThuMucXlstart 'CCHC.xlam'
# DoNotVerify: chưa có thư mục (máy mới, hồ sơ chuyển chỗ) thì vẫn biết đường dẫn thay vì chuỗi rỗng.
$LoiTat = Join-Path ([Environment]::GetFolderPath('Programs', 'DoNotVerify')) 'CCHC.lnk'
$KhoaGo = 'HKCU:\Software\Microsoft\Windows\CurrentVersion\Uninstall\CCHC'

function Get-Sid {
    return [System.Security.Principal.WindowsIdentity]::GetCurrent().User.Value
}

function Test-Ascii([string]$Chuoi) {
    return -not ($Chuoi -match '[^\x20-\x7E]')
}

function Get-GocDuPhong {
    return Join-Path $env:ProgramData ('CCHC-' + (Get-Sid))
}

function Get-GocPython {
    # Python và thư viện của xlwings không chịu được đường dẫn có chữ ngoài bảng mã của máy. Tên người dùng tiếng Việt
    # làm LOCALAPPDATA có dấu; khi đó dùng C:\ProgramData\CCHC-<SID>: người thường tạo được, tên riêng cho từng người,
    # và Set-QuyenRieng khóa lại cho riêng người đó (Users\Public thì ai trên máy cũng sửa được).
    if (Test-Ascii $ThuMucChung) {
        return $ThuMucChung
    }
    $goc = Get-GocDuPhong
    if (-not (Test-Ascii $goc)) {
        throw "Không có thư mục không dấu để đặt Python: $goc"
    }
    return $goc
}

# --- nói và ghi -------------------------------------------------------------------------------------------------

$script:DongNhatKy = @()

function Write-Dong([string]$Chuoi, [string]$Mau = 'Gray') {
    Write-Host $Chuoi -ForegroundColor $Mau
    $script:DongNhatKy += (Get-Date).ToString('yyyy-MM-dd HH:mm:ss') + '  ' + $Chuoi
}

function Write-CanhBao([string]$Chuoi) {
    Write-Dong ('LƯU Ý: ' + $Chuoi) 'Yellow'
}

function Save-NhatKy {
    # UTF-8 có BOM để Notepad cũ cũng đọc được dấu. Sau khi gỡ thì không để lại gì, kể cả nhật ký.
    if ($Go -or $ThuNghiem -or -not (Test-Path -LiteralPath $ThuMucChung)) {
        return
    }
    try {
        [System.IO.File]::AppendAllText($NhatKy, ($script:DongNhatKy -join "`r`n") + "`r`n",
            (New-Object System.Text.UTF8Encoding($true)))
    } catch {
        Write-Host ('Không ghi được nhật ký: ' + $_.Exception.Message)
    }
}

function Invoke-Viec([string]$MoTa, [scriptblock]$Viec) {
    # Mọi thay đổi trên máy đều đi qua đây, nên chạy thử in ra đúng những gì sẽ làm.
    if ($ThuNghiem) {
        Write-Dong ('[thử] ' + $MoTa) 'Cyan'
        return
    }
    Write-Dong $MoTa
    & $Viec
}

function Invoke-Python([string]$ChuongTrinh, [string[]]$ThamSo, [string]$KhiLoi) {
    $cu = $ErrorActionPreference
    $ErrorActionPreference = 'Continue'   # 5.1 coi mỗi dòng stderr của chương trình ngoài là một lỗi
    try {
        $ra = & $ChuongTrinh @ThamSo 2>&1 | ForEach-Object { "$_" }
        $ma = $LASTEXITCODE
    } finally {
        $ErrorActionPreference = $cu
    }
    foreach ($dong in @($ra)) {
        if ($dong) { $script:DongNhatKy += '    ' + $dong }
    }
    if ($ma -ne 0) {
        throw "$KhiLoi (mã $ma). $(@($ra | Select-Object -Last 3) -join ' ')"
    }
}

# --- kiểm tra máy -----------------------------------------------------------------------------------------------

function Test-May {
    if (-not [Environment]::Is64BitOperatingSystem) {
        Write-Dong 'Máy chạy Windows 32-bit: bộ công cụ cần Windows 64-bit.' 'Red'
        return $false
    }
    if ([Environment]::OSVersion.Version.Major -lt 10) {
        Write-Dong 'Máy chạy Windows cũ hơn Windows 10: bộ công cụ cần Windows 10 trở lên.' 'Red'
        return $false
    }
    return $true
}

function Test-CoExcel {
    foreach ($khoa in 'HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\App Paths\excel.exe',
        'HKCU:\SOFTWARE\Microsoft\Windows\CurrentVersion\App Paths\excel.exe',
        'Registry::HKEY_CLASSES_ROOT\Excel.Application\CLSID') {
        if (Test-Path -LiteralPath $khoa) { return $true }
    }
    return $false
}

function Test-DauThapPhan {
    $dau = (Get-Culture).NumberFormat.NumberDecimalSeparator
    if ($dau -ne ',') {
        Write-CanhBao ("dấu thập phân của máy là '$dau', không phải dấu phẩy: gõ 2.000 sẽ thành 2. " +
            'Nên đổi: Control Panel > Region > Format > Vietnamese (Vietnam), rồi mở lại Excel.')
    }
}

function Test-ExcelDangMo {
    # Chỉ phiên làm việc này: trên máy chủ dùng chung, Excel của người khác không giữ CCHC.xlam của người này.
    $phien = [System.Diagnostics.Process]::GetCurrentProcess().SessionId
    $dangMo = @(Get-Process -Name 'EXCEL' -ErrorAction SilentlyContinue | Where-Object { $_.SessionId -eq $phien })
    return $dangMo.Count -gt 0
}

function Wait-DongExcel {
    # Excel đang mở thì giữ CCHC.xlam; không tự đóng Excel vì có thể còn việc chưa lưu.
    while (Test-ExcelDangMo) {
        if ($ThuNghiem) {
            Write-CanhBao 'Excel đang mở: khi cài thật sẽ yêu cầu đóng.'
            return $true
        }
        if ($KhongHoi) {
            Write-Dong 'Excel đang mở: hãy lưu, đóng Excel rồi chạy lại.' 'Red'
            return $false
        }
        Write-Dong ('Excel đang mở: hãy lưu và đóng tất cả cửa sổ Excel. Không thấy cửa sổ nào thì Excel còn chạy ngầm: ' +
            'mở Task Manager, chọn Microsoft Excel, bấm End task.') 'Yellow'
        $dap = Read-Host 'Bấm Enter khi đã đóng, hoặc gõ T rồi Enter để thôi'
        if ($dap -match '^[tT]') { return $false }
    }
    return $true
}

# --- Python -----------------------------------------------------------------------------------------------------

function Get-CauHinhPython {
    # Hai dòng url= và sha256= của python.txt.
    $giaTri = @{}
    foreach ($dong in Get-Content -LiteralPath (Join-Path $PSScriptRoot 'python.txt') -Encoding UTF8) {
        if ($dong -match '^(url|sha256)=(\S+)\s*$') { $giaTri[$Matches[1]] = $Matches[2] }
    }
    if (-not ($giaTri.ContainsKey('url') -and $giaTri.ContainsKey('sha256'))) {
        throw 'Tệp python.txt của bộ cài bị hỏng: hãy lấy lại bộ cài.'
    }
    return $giaTri
}

function Get-TepPython([hashtable]$CauHinh, [string]$NoiTai) {
    $ten = [System.IO.Path]::GetFileName(([Uri]$CauHinh['url']).AbsolutePath)
    $tep = Join-Path $Nguon $ten
    if (-not (Test-Path -LiteralPath $tep)) {
        $tep = Join-Path $NoiTai $ten
        Write-Dong ('Tải ' + $CauHinh['url'])
        [Net.ServicePointManager]::SecurityProtocol = [Net.SecurityProtocolType]::Tls12
        try {
            Invoke-WebRequest -Uri $CauHinh['url'] -OutFile $tep -UseBasicParsing
        } catch {
            throw ("Không tải được Python ($($_.Exception.Message)). Hãy chép tệp $ten vào thư mục $Nguon rồi chạy lại.")
        }
    }
    $bam = (Get-FileHash -LiteralPath $tep -Algorithm SHA256).Hash
    if ($bam -ne $CauHinh['sha256']) {
        throw "Tệp $ten không đúng mã băm nên không được dùng: hãy lấy lại tệp từ nơi tin cậy."
    }
    return $tep
}

function Set-QuyenRieng([string]$ThuMuc) {
    # Chỉ người này, SYSTEM và nhóm quản trị được vào: người khác trên máy không chèn được tệp vào Python này.
    $sid = Get-Sid
    $chu = (Get-Acl -LiteralPath $ThuMuc).GetOwner([System.Security.Principal.SecurityIdentifier]).Value
    if ($chu -ne $sid -and $chu -ne 'S-1-5-32-544') {
        throw "Thư mục $ThuMuc đã có và thuộc người khác: hãy nhờ người quản trị xóa nó."
    }
    Invoke-Python (Join-Path $env:SystemRoot 'System32\icacls.exe') @($ThuMuc, '/inheritance:r', '/grant:r',
        "*${sid}:(OI)(CI)F", '*S-1-5-18:(OI)(CI)F', '*S-1-5-32-544:(OI)(CI)F', '/Q') 'Không đặt được quyền thư mục'
}

function Install-Python([string]$Goc) {
    # Dựng bản mới bên cạnh, thử xong mới thay bản cũ: cài hỏng giữa chừng thì bản đang dùng vẫn còn.
    $moi = Join-Path $Goc 'python.moi'
    $cu = Join-Path $Goc 'python.cu'
    $dich = Join-Path $Goc 'python'
    $python = Join-Path $moi 'python.exe'
    $cauHinh = Get-CauHinhPython

    Invoke-Viec "Tạo thư mục $Goc" {
        New-Item -ItemType Directory -Force -Path $Goc | Out-Null
        if ($Goc -ne $ThuMucChung) { Set-QuyenRieng $Goc }
        # Lần trước dừng giữa chừng thì bản đang dùng nằm ở python.cu.
        if ((Test-Path -LiteralPath $cu) -and -not (Test-Path -LiteralPath $dich)) {
            Rename-Item -LiteralPath $cu -NewName 'python'
        }
        foreach ($thua in $moi, $cu) {
            if (Test-Path -LiteralPath $thua) { Remove-Item -LiteralPath $thua -Recurse -Force }
        }
    }
    Invoke-Viec ('Giải nén Python riêng (' + [System.IO.Path]::GetFileName($cauHinh['url']) + ", SHA-256 đã ghim) vào $dich") {
        $tep = Get-TepPython $cauHinh $Goc
        Add-Type -AssemblyName System.IO.Compression.FileSystem
        [System.IO.Compression.ZipFile]::ExtractToDirectory($tep, $moi)
        if ((Split-Path -Parent $tep) -eq $Goc) { Remove-Item -LiteralPath $tep -Force }
        Invoke-Python $python @('-I', '-c',
            'import sys, tkinter; tkinter.Tcl(); sys.exit(sys.version_info < (3, 11) or sys.maxsize < 2**32)') `
            'Python trong bộ cài không đủ: cần bản 64-bit, từ 3.11, có Tk'
    }
    Invoke-Viec 'Cài các gói theo requirements.txt (đúng mã băm) và gói cchc_xl' {
        Install-Goi $python
    }
    Invoke-Viec 'Biên dịch sẵn để lần bấm nút đầu tiên không chậm' {
        try {
            Invoke-Python $python @('-I', '-m', 'compileall', '-q', '-j', '0', '-x', '[\\/](test|tests|lib2to3)[\\/]',
                (Join-Path $moi 'Lib')) 'Có tệp không biên dịch được'
        } catch {
            Write-CanhBao $_.Exception.Message   # chỉ làm chậm, không làm hỏng
        }
    }
    Invoke-Viec 'Chạy thử bộ công cụ trong Python riêng' {
        # Tự xlwings bỏ qua khi pywin32 hỏng, nên gọi thẳng phần của nó trên Windows; và không để nó đóng Excel của ai.
        Invoke-Python $python @('-I', '-X', 'utf8', '-c',
            'import cchc_xl.hosts.cli, xlwings._xlwindows, pandas, lxml, cchc_xl.hosts.excel.attach as a; a.end_no_excel()') `
            'Bộ công cụ không chạy được trong Python riêng'
    }
    Invoke-Viec "Thay bản cũ bằng bản mới: $dich" {
        if (Test-Path -LiteralPath $dich) {
            try {
                Rename-Item -LiteralPath $dich -NewName 'python.cu'
            } catch {
                throw 'Bộ công cụ CCHC đang chạy: hãy đóng cửa sổ CCHC và LibreOffice rồi chạy lại cai-dat.cmd.'
            }
        }
        try {
            Rename-Item -LiteralPath $moi -NewName 'python'
        } catch {
            if (Test-Path -LiteralPath $cu) { Rename-Item -LiteralPath $cu -NewName 'python' }
            throw
        }
        if (Test-Path -LiteralPath $cu) { Remove-Item -LiteralPath $cu -Recurse -Force }
    }
    return (Join-Path $dich 'pythonw.exe')
}

function Install-Goi([string]$Python) {
    $goi = @(Get-ChildItem -LiteralPath $Nguon, (Join-Path $Nguon 'wheels') -Filter 'cchc_xl-*.whl' `
            -ErrorAction SilentlyContinue | Sort-Object LastWriteTime)
    if ($goi.Count -eq 0) {
        throw "Không thấy tệp cchc_xl-*.whl trong ${Nguon}: hãy lấy lại bộ cài."
    }
    try {
        Invoke-Python $Python @('-I', '-m', 'pip', '--version') 'Chưa có pip'
    } catch {
        Invoke-Python $Python @('-I', '-m', 'ensurepip') 'Không chuẩn bị được pip'
    }
    # --isolated: không theo pip.ini và biến PIP_* của người dùng (chẳng hạn user = true sẽ cài ra ngoài Python riêng).
    $chung = @('-I', '-m', 'pip', '--isolated', '--disable-pip-version-check', 'install', '--no-warn-script-location', '--no-deps',
        '--only-binary=:all:', '--no-cache-dir', '--no-input')
    $mang = @()
    $wheels = Join-Path $Nguon 'wheels'
    if (Test-Path -LiteralPath $wheels) { $mang = @('--no-index', '--find-links', $wheels) }
    Invoke-Python $Python ($chung + $mang + @('--require-hashes', '-r', (Join-Path $PSScriptRoot 'requirements.txt'))) `
        'Không cài được các gói cần thiết'
    Invoke-Python $Python ($chung + @('--no-index', $goi[-1].FullName)) 'Không cài được gói cchc_xl'
    # Có thư mục này thì pywin32 không ghi vào %TEMP%\gen_py, nơi gỡ không dọn được và có thể có bản hỏng của Python khác.
    New-Item -ItemType Directory -Force `
        -Path (Join-Path (Split-Path -Parent $Python) 'Lib\site-packages\win32com\gen_py') | Out-Null
}

# --- Excel, menu Start, mục gỡ ----------------------------------------------------------------------------------

function Install-BoTro {
    $nguonBoTro = @((Join-Path $Nguon 'CCHC.xlam'), (Join-Path $PSScriptRoot '..\CCHC.xlam')) |
        Where-Object { Test-Path -LiteralPath $_ } | Select-Object -First 1
    if (-not $nguonBoTro) { throw "Không thấy CCHC.xlam trong ${Nguon}: hãy lấy lại bộ cài." }
    Invoke-Viec "Chép bổ trợ Excel vào $BoTro" {
        New-Item -ItemType Directory -Force -Path $ThuMucXlstart | Out-Null
        Copy-Item -LiteralPath $nguonBoTro -Destination $BoTro -Force
        Unblock-File -LiteralPath $BoTro   # tệp từ mạng bị Office chặn macro
    }
}

function Install-LoiTat([string]$Pythonw) {
    Invoke-Viec "Tạo lối tắt trong menu Start: $LoiTat" {
        # WScript.Shell không lưu được vào đường dẫn có dấu: lưu cạnh Python rồi chuyển sang.
        $tam = Join-Path (Split-Path -Parent $Pythonw) 'CCHC.lnk'
        $tat = (New-Object -ComObject WScript.Shell).CreateShortcut($tam)
        $tat.TargetPath = $Pythonw
        $tat.Arguments = '-I -X utf8 -m cchc_xl.hosts.window'
        $tat.WorkingDirectory = Split-Path -Parent $Pythonw
        $tat.Description = 'CCHC'
        $tat.Save()
        New-Item -ItemType Directory -Force -Path (Split-Path -Parent $LoiTat) | Out-Null
        Move-Item -LiteralPath $tam -Destination $LoiTat -Force
    }
}

function Install-DuongDan([string]$Pythonw) {
    Invoke-Viec "Ghi đường dẫn Python cho bổ trợ: $TepDuongDan" {
        New-Item -ItemType Directory -Force -Path $ThuMucChung | Out-Null
        [System.IO.File]::WriteAllText($TepDuongDan, $Pythonw + "`r`n", [System.Text.Encoding]::ASCII)
    }
}

function Install-MucGo {
    Invoke-Viec 'Thêm CCHC vào danh sách ứng dụng đã cài (để gỡ trong Settings > Apps)' {
        if ($PSCommandPath -ne $BanSaoBoCai) {
            Copy-Item -LiteralPath $PSCommandPath -Destination $BanSaoBoCai -Force
        }
        $lenh = '"{0}\System32\WindowsPowerShell\v1.0\powershell.exe" -NoProfile -ExecutionPolicy Bypass -File "{1}" -Go' -f
            $env:SystemRoot, $BanSaoBoCai
        New-Item -Path $KhoaGo -Force | Out-Null
        Set-ItemProperty -LiteralPath $KhoaGo -Name 'DisplayName' -Value 'CCHC - Bộ công cụ báo cáo cải cách hành chính'
        Set-ItemProperty -LiteralPath $KhoaGo -Name 'UninstallString' -Value $lenh
        Set-ItemProperty -LiteralPath $KhoaGo -Name 'NoModify' -Value 1 -Type DWord
        Set-ItemProperty -LiteralPath $KhoaGo -Name 'NoRepair' -Value 1 -Type DWord
    }
}

# --- gỡ ---------------------------------------------------------------------------------------------------------

function Get-DaCai {
    # Mọi thứ bộ cài có thể đã đặt vào máy; cả chỗ dự phòng của Python, dù nay không dùng tới.
    return @($BoTro, $LoiTat, $KhoaGo, $KhoDaDoc, (Get-GocDuPhong), $ThuMucChung) |
        Where-Object { Test-Path -LiteralPath $_ }
}

function Uninstall-TatCa {
    $daCai = @(Get-DaCai)
    if ($daCai.Count -eq 0) {
        Write-Dong 'Máy này chưa cài bộ công cụ CCHC: không có gì để gỡ.'
        return
    }
    Set-Location -LiteralPath $env:SystemRoot   # thư mục đang đứng thì không xóa được
    # Trước hết xem có gì đang chạy: xóa dở dang thì mất mục gỡ mà chương trình vẫn còn.
    foreach ($goc in (Get-GocDuPhong), $ThuMucChung) {
        $python = Join-Path $goc 'python'
        $cu = Join-Path $goc 'python.cu'
        if (Test-Path -LiteralPath $python) {
            Invoke-Viec "Xem có chương trình nào đang dùng $python" {
                try {
                    if (Test-Path -LiteralPath $cu) { Remove-Item -LiteralPath $cu -Recurse -Force }
                    Rename-Item -LiteralPath $python -NewName 'python.cu'
                } catch {
                    throw 'Bộ công cụ CCHC đang chạy nên chưa gỡ gì: hãy đóng cửa sổ CCHC và LibreOffice rồi chạy lại.'
                }
            }
        }
    }
    foreach ($noi in $daCai) {
        Invoke-Viec "Xóa $noi" {
            try {
                Remove-Item -LiteralPath $noi -Recurse -Force
            } catch {
                throw "Không xóa được $noi ($($_.Exception.Message)). Hãy đóng Excel, cửa sổ CCHC rồi chạy lại."
            }
        }
    }
}

# --- chạy -------------------------------------------------------------------------------------------------------

function Invoke-CaiDat {
    if (-not (Test-May)) { return $MaMay }
    if (-not (Test-CoExcel)) {
        Write-CanhBao 'không thấy Excel trên máy: vẫn cài, nhưng các nút chỉ chạy khi có Excel.'
    }
    Test-DauThapPhan
    if (-not (Wait-DongExcel)) { return $MaExcel }

    $pythonw = Install-Python (Get-GocPython)
    Install-DuongDan $pythonw
    Install-BoTro
    Install-LoiTat $pythonw
    Install-MucGo
    if ($ThuNghiem) {
        Write-Dong 'Chạy thử xong: chưa thay đổi gì trên máy.' 'Green'
    } else {
        Write-Dong 'Đã cài xong. Mở Excel: thẻ CCHC nằm trên thanh lệnh. Không thấy thẻ thì dùng CCHC trong menu Start.' 'Green'
    }
    return 0
}

function Invoke-Go {
    if (-not (Wait-DongExcel)) { return $MaExcel }
    Uninstall-TatCa
    if (-not $ThuNghiem) { Write-Dong 'Đã gỡ xong. Các sổ báo cáo của bạn vẫn còn nguyên.' 'Green' }
    return 0
}

try {
    [Console]::OutputEncoding = [System.Text.Encoding]::UTF8
} catch {
    $null = $_   # không có cửa sổ lệnh thì thôi
}
$ketQua = $MaLoi
try {
    if ($Go) { $ketQua = Invoke-Go } else { $ketQua = Invoke-CaiDat }
} catch {
    Write-Dong ('LỖI: ' + $_.Exception.Message) 'Red'
} finally {
    Save-NhatKy
    if ((-not $Go) -and (-not $ThuNghiem) -and (Test-Path -LiteralPath $NhatKy)) { Write-Host "Nhật ký: $NhatKy" }
}
exit $ketQua
