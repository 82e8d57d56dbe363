using CoreEngine.Optimizers;
using CoreEngine.Tests.Files;

namespace CoreEngine.Tests;

/// <summary>The examples of docs/sparse.md run, and are the code below.</summary>
[TestClass]
[DoNotParallelize]
public sealed class SparseGuideTests : EngineTestBase
{
    private const int Words = 5_000;
    private const int WordsOfOne = 12;

    [TestMethod]
    [DataRow("making")]
    [DataRow("linear")]
    [DataRow("graph")]
    [DataRow("files")]
    public void TheExampleIsTheOneInTheGuide(string example) => DocumentExample.RequireSame("docs/sparse.md", example);

    [TestMethod]
    public void ArraysAreMadeOfTheirParts()
    {
        using var scope = new ArrayScope();
        // making:begin
        NDArray values = NDArray.From<float>([7, 8, 9]);
        NDArray csr = NDArray.Csr(
            values,
            columns: NDArray.From<long>([2, 0, 3]),
            NDArray.From<long>([0, 1, 1, 3]),
            [3, 4]
        );
        NDArray same = NDArray.CsrFromCoordinates(
            values,
            NDArray.From<long>([0, 2, 2]),
            NDArray.From<long>([2, 0, 3]),
            [3, 4]
        );
        NDArray rows = NDArray.RowSparse(NDArray.Ones([2, 3]), indices: NDArray.From<long>([1, 4]), [1000, 3]);
        NDArray none = NDArray.Zeros(StorageType.RowSparse, [1_000_000_000, 64]);
        NDArray last = csr[2..3]; // the last row, (1, 4), still CSR
        NDArray dense = last.ToDense(); // 8 0 0 9
        NDArray back = dense.ToStorage(StorageType.Csr);
        // making:end
        CollectionAssert.AreEqual(new float[] { 0, 0, 7, 0, 0, 0, 0, 0, 8, 0, 0, 9 }, same.ToDense().ToArray<float>());
        CollectionAssert.AreEqual(csr.ToDense().ToArray<float>(), same.ToDense().ToArray<float>());
        CollectionAssert.AreEqual(new float[] { 8, 0, 0, 9 }, dense.ToArray<float>());
        Assert.AreEqual(StorageType.Csr, last.StorageType);
        Assert.AreEqual(2, back.StoredCount);
        Assert.AreEqual(2, rows.StoredCount);
        Assert.AreEqual(0, none.StoredCount);
    }

    [TestMethod]
    public void ALinearModelLearnsFromCsrData()
    {
        using var everything = new ArrayScope();
        (NDArray documents, NDArray ratings) = MakeDocuments(1000);
        // linear:begin
        NDArray weight = NDArray.Zeros(StorageType.RowSparse, [Words, 1]);
        weight.AttachGradient(); // row-sparse, as the weight is
        using Optimizer optimizer = Optimizer.FromJson("""{"optimizer": "adagrad", "learning_rate": 0.3}""");
        for (int epoch = 0; epoch < 20; epoch++)
        {
            for (int start = 0; start < 1000; start += 50)
            {
                using var step = new ArrayScope();
                NDArray batch = documents[start..(start + 50)];
                NDArray loss;
                using (Autograd.Record())
                {
                    NDArray error = batch.Dot(weight) - ratings[start..(start + 50)];
                    loss = error.Square().Mean();
                }

                loss.Backward(); // stores a row of the gradient for each word in the batch
                optimizer.Update(0, weight, weight.Gradient!); // and only those weights move
            }
        }
        // linear:end

        Assert.IsLessThanOrEqualTo(50 * WordsOfOne, weight.Gradient!.StoredCount);
        Assert.IsLessThan(Words, weight.StoredCount);
        using NDArray rest = (documents.Dot(weight) - ratings).Square().Mean();
        using NDArray variance = ratings.Square().Mean();
        Assert.IsLessThan(0.05f * variance.ToScalar<float>(), rest.ToScalar<float>());
    }

    [TestMethod]
    public void AGraphInfersStorage()
    {
        using var everything = new ArrayScope();
        (NDArray documents, NDArray ratings) = MakeDocuments(200);
        // graph:begin
        Symbol model = Symbol
            .Variable("data", storage: StorageType.Csr)
            .Dot(Symbol.Variable("words_weight", storage: StorageType.RowSparse));
        Symbol net = Symbol.Call("LinearRegressionOutput", [model, Symbol.Variable("label", [200, 1])], "rating");
        using Executor executor = Executor.SimpleBind(
            net,
            new Dictionary<string, Shape> { ["data"] = [200, Words], ["words_weight"] = [Words, 1] },
            GradientRequests.Of(["words_weight"])
        );
        documents.CopyTo(executor["data"]);
        ratings.CopyTo(executor["label"]);
        using Optimizer optimizer = new Adam(0.05);
        for (int step = 0; step < 100; step++)
        {
            executor.Forward(isTraining: true);
            executor.Backward();
            optimizer.Update(executor); // executor.GradientOf("words_weight") is row-sparse
        }
        // graph:end

        Assert.AreEqual(StorageType.RowSparse, executor.GradientOf("words_weight")!.StorageType);
        using NDArray rest = (executor.Forward()[0] - ratings).Square().Mean();
        using NDArray variance = ratings.Square().Mean();
        Assert.IsLessThan(0.05f * variance.ToScalar<float>(), rest.ToScalar<float>());
    }

    [TestMethod]
    public void FilesKeepStorage()
    {
        using var everything = new ArrayScope();
        using var folder = new TemporaryFolder();
        string path = folder["model.params"];
        NDArray weight = NDArray.RowSparse(NDArray.Ones([2, 3]), NDArray.From<long>([1, 4]), [1000, 3]);
        // files:begin
        NDArray.Save(path, new Dictionary<string, NDArray> { ["arg:words_weight"] = weight });
        NDArray loaded = NDArray.LoadDictionary(path)["arg:words_weight"]; // row-sparse, with the same rows
        // files:end
        Assert.AreEqual(StorageType.RowSparse, loaded.StorageType);
        CollectionAssert.AreEqual(weight.ToDense().ToArray<float>(), loaded.ToDense().ToArray<float>());
    }

    /// <summary>Documents of a few words each, and ratings that are sums of the words' weights.</summary>
    private static (NDArray Documents, NDArray Ratings) MakeDocuments(int count)
    {
        var random = new Random(1);
        const int Common = 150;
        double[] weights = [.. Enumerable.Range(0, Common).Select(_ => random.NextDouble() - 0.5)];
        long[] rows = new long[count * WordsOfOne];
        long[] columns = new long[rows.Length];
        float[] ratings = new float[count];
        for (int i = 0; i < rows.Length; i++)
        {
            int word = random.Next(Common);
            (rows[i], columns[i]) = (i / WordsOfOne, word * 31);
            ratings[rows[i]] += (float)weights[word];
        }

        NDArray documents = NDArray.CsrFromCoordinates(
            NDArray.Ones([rows.Length]),
            NDArray.From(rows),
            NDArray.From(columns),
            [count, Words]
        );
        return (documents, NDArray.From(ratings, [count, 1]));
    }
}
