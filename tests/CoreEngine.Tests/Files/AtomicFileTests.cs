using System.Diagnostics;
using System.Runtime.Versioning;
using CoreEngine.Files;

namespace CoreEngine.Tests.Files;

[TestClass]
public sealed class AtomicFileTests
{
    private static readonly byte[] s_old = "the previous contents"u8.ToArray();

    [TestMethod]
    public void WritesAndReplaces()
    {
        using var folder = new TemporaryFolder();
        string path = folder["model.params"];
        AtomicFile.Write(path, s_old);
        AtomicFile.Write(path, new byte[100_000]);
        CollectionAssert.AreEqual(new byte[100_000], File.ReadAllBytes(path));
        Assert.HasCount(1, Directory.GetFileSystemEntries(folder.Root));
    }

    [TestMethod]
    public void AFailingWriterLeavesThePreviousFileAndNoTemporaryOne()
    {
        using var folder = new TemporaryFolder();
        string path = folder["model.params"];
        AtomicFile.Write(path, s_old);
        var error = Assert.ThrowsExactly<InvalidOperationException>(() =>
            AtomicFile.Write(
                path,
                stream =>
                {
                    stream.Write(new byte[200_000]);
                    throw new InvalidOperationException("no more");
                }
            )
        );
        Assert.AreEqual("no more", error.Message);
        CollectionAssert.AreEqual(s_old, File.ReadAllBytes(path));
        Assert.HasCount(1, Directory.GetFileSystemEntries(folder.Root));
    }

    [TestMethod]
    public void SystemErrorsAreOurs()
    {
        using var folder = new TemporaryFolder();
        var error = Assert.ThrowsExactly<FileAccessException>(() =>
            AtomicFile.Write(folder["absent/model.params"], s_old)
        );
        Assert.Contains("absent/model.params could not be written", error.Message);
        Assert.ThrowsExactly<FileAccessException>(() => AtomicFile.Write(folder.Root, s_old));
        error = Assert.ThrowsExactly<FileAccessException>(() =>
            AtomicFile.Write(folder["full"], _ => throw new IOException("No space left on device."))
        );
        Assert.Contains("No space left on device.", error.Message);
        Assert.IsInstanceOfType<IOException>(error.InnerException);
        Assert.IsEmpty(Directory.GetFileSystemEntries(folder.Root));
    }

    [TestMethod]
    [OSCondition(OperatingSystems.Linux)]
    public void ADeviceIsWrittenToNotReplaced()
    {
        AtomicFile.Write("/dev/null", s_old);
        Assert.IsNotEmpty(Directory.GetFiles("/dev", "null"));
        var error = Assert.ThrowsExactly<FileAccessException>(() => AtomicFile.Write("/dev/full", s_old));
        Assert.Contains("/dev/full could not be written", error.Message);
        Assert.AreEqual(0, new FileInfo("/dev/null").Length);
    }

    [TestMethod]
    [OSCondition(OperatingSystems.Linux)]
    [UnsupportedOSPlatform("windows")]
    public void LinksAndPermissionsStay()
    {
        using var folder = new TemporaryFolder();
        string path = folder["model.params"];
        AtomicFile.Write(path, s_old);
        const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead;
        File.SetUnixFileMode(path, Mode);
        string link = folder["latest"];
        File.CreateSymbolicLink(link, "model.params");
        AtomicFile.Write(link, "new"u8.ToArray());
        Assert.AreEqual("model.params", new FileInfo(link).LinkTarget);
        Assert.AreEqual("new", File.ReadAllText(path));
        Assert.AreEqual(Mode, File.GetUnixFileMode(path));
    }

    [TestMethod]
    [OSCondition(OperatingSystems.Linux)]
    public void AFullDiskLeavesThePreviousFile()
    {
        using var folder = new TemporaryFolder();
        if (Run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder.Root) != 0)
        {
            Assert.Inconclusive("Mounting a small file system needs more rights.");
        }

        try
        {
            string path = folder["model.params"];
            AtomicFile.Write(path, s_old);
            var error = Assert.ThrowsExactly<FileAccessException>(() => AtomicFile.Write(path, new byte[1 << 20]));
            Assert.Contains("free some space", error.Message);
            CollectionAssert.AreEqual(s_old, File.ReadAllBytes(path));
            Assert.HasCount(1, Directory.GetFileSystemEntries(folder.Root));
            AtomicFile.Write(path, "fits"u8.ToArray());
            Assert.AreEqual("fits", File.ReadAllText(path));
        }
        finally
        {
            Assert.AreEqual(0, Run("umount", folder.Root));
        }
    }

    private static int Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardError = true };
        try
        {
            using Process process = Process.Start(start)!;
            process.WaitForExit();
            return process.ExitCode;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return -1;
        }
    }
}
