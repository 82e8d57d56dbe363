namespace CoreEngine.Onnx.Tests;

/// <summary>The test data of the ONNX project, which Debian's package libonnx-testdata installs.</summary>
internal static class OnnxTestData
{
    /// <summary>Where it lies; <c>COREENGINE_ONNX_TESTDATA</c> names another place.</summary>
    public static string Root { get; } =
        Environment.GetEnvironmentVariable("COREENGINE_ONNX_TESTDATA") ?? "/usr/share/libonnx-testdata/data";

    /// <summary>Skips a test where the data is not installed.</summary>
    public static void Require()
    {
        if (!Directory.Exists(Root))
            Assert.Inconclusive($"There is no {Root}: install Debian's package libonnx-testdata.");
    }
}
